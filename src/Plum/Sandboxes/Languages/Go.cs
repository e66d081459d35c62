using System.Text;

namespace Plum.Sandboxes.Languages;

/// <summary>Go, as a test binary: a TestMain of ours writes the nonce after the tests passed.</summary>
internal static class Go
{
    public static Language Row { get; } = new(
        "go", "go", "Install Go (Debian, Ubuntu: apt install golang-go).",
        (program, test, nonce) =>
        [
            new("go.mod", Encoding.UTF8.GetBytes("module plum\n")),
            new("program_test.go", Encoding.UTF8.GetBytes($"{program}\n{test}\n")),
            new("main_test.go", Encoding.UTF8.GetBytes($"package {Package(program)}\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\n"
                + $"func TestMain(m *testing.M) {{\n\tcode := m.Run()\n\tif code == 0 {{\n\t\tos.Stdout.WriteString(\"\\n{nonce}\")\n\t}}\n\tos.Exit(code)\n}}\n")),
        ],
        go => [[go, "test", "-vet=off", "-c", "-o", "program"], ["/tmp/plum/program"]],
        MemoryMegabytes: 1_024);

    private static string Package(string program) => program.Split('\n').Select(line => line.Trim())
        .FirstOrDefault(line => line.StartsWith("package ", StringComparison.Ordinal))?["package ".Length..].Trim() ?? "main";
}
