using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Plum.Sandboxes.Languages;

/// <summary>C#: compiled here by Roslyn, which needs no process, and run in the jail by <c>dotnet exec</c>.</summary>
internal static partial class CSharp
{
    private static readonly Lazy<IReadOnlyList<MetadataReference>> References = new(() =>
        [.. Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll").Where(Managed).Select(path => MetadataReference.CreateFromFile(path))]);

    public static Language Row { get; } = new(
        "csharp", "dotnet", "Install the .NET runtime (https://dot.net).", Compile,
        dotnet => [[dotnet, "exec", "program.dll"]],
        new(
            Opening(), Equality(), Both(), "PlumEntry.Answer($)",
            values => ("using System;\nusing System.Linq;\nusing System.Collections.Generic;\nusing System.Text;\nclass Problem {",
                $"public static void Main(string[] args) {{\n{string.Concat(values.Select(value => $"PlumEntry.Answer({value});\n"))}}}\n}}")),
        MemoryMegabytes: 1_024);

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

    private static KeyValuePair<string, byte[]>[] Compile(string program, string test, string word)
    {
        CSharpParseOptions parse = CSharpParseOptions.Default.WithPreprocessorSymbols("DEBUG");
        string entry = Entry.Replace("WORD", word, StringComparison.Ordinal);
        CSharpCompilation compilation = CSharpCompilation.Create("program",
            [CSharpSyntaxTree.ParseText($"{program}\n{test}\n", parse), CSharpSyntaxTree.ParseText(entry, parse)], References.Value,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, mainTypeName: "PlumEntry", optimizationLevel: OptimizationLevel.Release, allowUnsafe: true));
        using MemoryStream assembly = new();
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(assembly);
        if (!result.Success)
            throw new BuildException(string.Join('\n', result.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error).Take(5)));
        string runtime = $$$"""
            {"runtimeOptions": {"tfm": "net{{{Environment.Version.Major}}}.0", "framework": {"name": "Microsoft.NETCore.App", "version": "{{{Environment.Version}}}"},
             "configProperties": {"System.GC.Server": false, "System.Globalization.Invariant": true} } }
            """;
        return [new("program.dll", assembly.ToArray()), new("program.runtimeconfig.json", Encoding.UTF8.GetBytes(runtime))];
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
