using System.Text;
using System.Text.RegularExpressions;

namespace Plum.Sandboxes.Languages;

/// <summary>
/// C# by the SDK's compiler, which stays in a jail of its own (<see cref="CSharpCompiler"/>): called in this process it would
/// be as fast, but one source of nested types overflows its stack and ends the supervisor with it.
/// </summary>
internal static partial class CSharp
{
    // The compiler reads what it is given as references, and native libraries are none.
    private static readonly Lazy<string[]> Assemblies = new(() =>
        [.. Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll").Where(Managed)]);

    /// <summary>The runtime's assemblies, as a response file.</summary>
    internal static byte[] References => Encoding.UTF8.GetBytes(string.Concat(Assemblies.Value.Select(path => $"-r:\"{path}\"\n")));

    /// <summary>The runtime that built programs ask for, as a runtimeconfig.json.</summary>
    internal static byte[] Runtime => Encoding.UTF8.GetBytes($$$"""
        {"runtimeOptions": {"tfm": "net{{{Environment.Version.Major}}}.0", "framework": {"name": "Microsoft.NETCore.App", "version": "{{{Environment.Version}}}"},
         "configProperties": {"System.GC.Server": false, "System.Globalization.Invariant": true} } }
        """);

    public static Language Row { get; } = new(
        "csharp", "dotnet", "Install the .NET SDK 10 (https://dot.net).",
        (program, test, word) =>
        [
            new(CSharpCompiler.Program, Encoding.UTF8.GetBytes($"{program}\n{test}\n")),
            new(CSharpCompiler.Entry, Encoding.UTF8.GetBytes(Entry.Replace("WORD", word, StringComparison.Ordinal))),
            new("references.rsp", References),
            new("program.runtimeconfig.json", Runtime),
        ],
        dotnet =>
        [
            [dotnet, "exec", Compiler(dotnet), "-nologo", "-noconfig", "-nostdlib", "-warn:0", "-optimize", "-unsafe", "-define:DEBUG", "-main:PlumEntry",
                $"-out:{CSharpCompiler.Row.Product}", "@references.rsp", CSharpCompiler.Program, CSharpCompiler.Entry],
            [dotnet, "exec", CSharpCompiler.Row.Product],
        ],
        new(
            Opening(), Equality(), Both(), "PlumEntry.Answer($)",
            values => ("using System;\nusing System.Linq;\nusing System.Collections.Generic;\nusing System.Text;\nclass Problem {",
                $"public static void Main(string[] args) {{\n{string.Concat(values.Select(value => $"PlumEntry.Answer({value});\n"))}}}\n}}"),
            ByReference: true),
        MemoryMegabytes: 1_024,
        CSharpCompiler.Row);

    private const string Entry = """
        using System;
        using System.Collections;
        using System.Globalization;
        using System.Linq;

        internal static class PlumEntry
        {
            private static void Main()
            {
                Problem.Main(Array.Empty<string>());
                Write("\nWORD\n");
            }

            public static void Answer(object value) => Write("\nWORD=" + Text(value) + "\n");

            private static void Write(string line)
            {
                Console.Out.Write(line);
                Console.Out.Flush();
            }

            private static string Text(object value) => value switch
            {
                null => "null",
                string text => "\"" + text.Replace("\\", "\\\\").Replace("\n", "\\n").Replace("\"", "\\\"") + "\"",
                bool flag => flag ? "true" : "false",
                IDictionary entries => "{" + string.Join(",", entries.Keys.Cast<object>().Select(key => Text(key) + ":" + Text(entries[key])).OrderBy(entry => entry, StringComparer.Ordinal)) + "}",
                IEnumerable items => "[" + string.Join(",", items.Cast<object>().Select(Text)) + "]",
                System.Runtime.CompilerServices.ITuple tuple => "(" + string.Join(",", Enumerable.Range(0, tuple.Length).Select(at => Text(tuple[at]))) + ")",
                char letter => Text(letter.ToString()),
                IFormattable number when value.GetType().IsPrimitive || value is decimal => number.ToString(null, CultureInfo.InvariantCulture),
                _ => "opaque",
            };
        }
        """;

    /// <summary>The newest SDK's csc.dll.</summary>
    internal static string Compiler(string dotnet)
    {
        string versions = Path.Combine(Path.GetDirectoryName(dotnet)!, "sdk");
        return (Directory.Exists(versions) ? Directory.EnumerateDirectories(versions) : [])
            .Select(version => Path.Combine(version, "Roslyn", "bincore", "csc.dll")).Where(File.Exists).Order(StringComparer.Ordinal).LastOrDefault()
            ?? throw new InputException($"There is no C# compiler in {versions}. {Row.Remedy}");
    }

    [GeneratedRegex(@"\bDebug\.Assert\s*\(")]
    private static partial Regex Opening();

    [GeneratedRegex(@"==|\.Equals\s*\(")]
    private static partial Regex Equality();

    [GeneratedRegex(@"&&|\|\||\?")]
    private static partial Regex Both();

    private static bool Managed(string path)
    {
        try
        {
            System.Reflection.AssemblyName.GetAssemblyName(path);
            return true;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }
}
