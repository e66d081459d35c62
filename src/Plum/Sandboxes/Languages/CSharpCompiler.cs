using System.Text;

namespace Plum.Sandboxes.Languages;

/// <summary>
/// The SDK's own compiler, called again and again by a small program that csc builds once a jail: twenty milliseconds a
/// program instead of five hundred, most of which the compiler spends on becoming warm.
/// </summary>
internal static class CSharpCompiler
{
    /// <summary>The file that holds the program and its test.</summary>
    public const string Program = "program.cs";

    /// <summary>The file that holds what calls it.</summary>
    public const string Entry = "entry.cs";

    public static StandingCompiler Row { get; } = new(
        [Program, Entry],
        "program.dll",
        () =>
        [
            new("server.cs", Encoding.UTF8.GetBytes(Server)),
            new("references.rsp", CSharp.References),
            new("server.runtimeconfig.json", CSharp.Runtime),
        ],
        dotnet =>
        {
            string folder = Path.GetDirectoryName(CSharp.Compiler(dotnet))!;
            return
            [
                [dotnet, "exec", CSharp.Compiler(dotnet), "-nologo", "-noconfig", "-nostdlib", "-warn:0", "-optimize", "-out:server.dll", "@references.rsp",
                    $"-r:{folder}/Microsoft.CodeAnalysis.dll", $"-r:{folder}/Microsoft.CodeAnalysis.CSharp.dll", "server.cs"],
                [dotnet, "exec", "server.dll", folder],
            ];
        });

    // No answer to an exception: the process ends, and the program is built by csc, which has one.
    private const string Server = """
        using System;
        using System.IO;
        using System.Linq;
        using System.Reflection;
        using System.Text;
        using Microsoft.CodeAnalysis;
        using Microsoft.CodeAnalysis.CSharp;

        internal static class Server
        {
            private static void Main(string[] arguments)
            {
                AppDomain.CurrentDomain.AssemblyResolve += (_, wanted) => Assembly.LoadFrom(Path.Combine(arguments[0], new AssemblyName(wanted.Name).Name + ".dll"));
                Compiler.Serve(Console.OpenStandardInput(), Console.OpenStandardOutput());
            }
        }

        internal static class Compiler
        {
            private static readonly MetadataReference[] References = File.ReadLines("references.rsp").Select(line => MetadataReference.CreateFromFile(line.Substring(3).Trim('"'))).ToArray();
            private static readonly CSharpParseOptions Parse = new CSharpParseOptions(preprocessorSymbols: new[] { "DEBUG" });
            private static readonly CSharpCompilationOptions Options = new CSharpCompilationOptions(
                OutputKind.ConsoleApplication, mainTypeName: "PlumEntry", optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, warningLevel: 0, concurrentBuild: false);

            // A request is a letter, its length and texts, each behind its name; so is the answer, with the program or what is wrong with it.
            public static void Serve(Stream requests, Stream answers)
            {
                var reader = new BinaryReader(requests);
                var writer = new BinaryWriter(answers);
                while (true)
                {
                    reader.ReadByte();
                    var request = new BinaryReader(new MemoryStream(reader.ReadBytes(reader.ReadInt32())));
                    var trees = Enumerable.Range(0, request.ReadInt32()).Select(_ => Read(request.ReadString(), request.ReadString())).ToArray();
                    var image = new MemoryStream();
                    var result = CSharpCompilation.Create("program", trees, References, Options).Emit(image);
                    byte[] answer = result.Success ? image.ToArray() : Encoding.UTF8.GetBytes(string.Join("\n", result.Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error).Take(20)));
                    writer.Write((byte)(result.Success ? 'B' : 'D'));
                    writer.Write(answer.Length);
                    writer.Write(answer);
                    writer.Flush();
                }
            }

            private static SyntaxTree Read(string path, string text) => CSharpSyntaxTree.ParseText(text, Parse, path);
        }
        """;
}
