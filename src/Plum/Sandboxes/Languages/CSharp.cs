using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Plum.Sandboxes.Languages;

/// <summary>C#: compiled here by Roslyn, which needs no process, and run in the jail by <c>dotnet exec</c>.</summary>
internal static class CSharp
{
    private static readonly Lazy<IReadOnlyList<MetadataReference>> References = new(() =>
        [.. Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll").Where(Managed).Select(path => MetadataReference.CreateFromFile(path))]);

    public static Language Row { get; } = new(
        "csharp", "dotnet", "Install the .NET runtime (https://dot.net).", Compile,
        dotnet => [[dotnet, "exec", "program.dll"]],
        MemoryMegabytes: 1_024);

    private static KeyValuePair<string, byte[]>[] Compile(string program, string test, string nonce)
    {
        CSharpParseOptions parse = CSharpParseOptions.Default.WithPreprocessorSymbols("DEBUG");
        string entry = $"internal static class PlumEntry {{ private static void Main() {{ Problem.Main(System.Array.Empty<string>()); System.Console.Out.Write(\"\\n{nonce}\"); System.Console.Out.Flush(); }} }}";
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
