using System.Text;
using System.Text.RegularExpressions;

namespace Plum.Sandboxes.Languages;

/// <summary>Go, as a test binary: a TestMain of ours writes the word after the tests passed.</summary>
internal static partial class Go
{
    public static Language Row { get; } = new(
        "go", "go", "Install Go (Debian, Ubuntu: apt install golang-go).",
        (program, test, word) =>
        [
            new("go.mod", Encoding.UTF8.GetBytes("module plum\n")),
            new("program_test.go", Encoding.UTF8.GetBytes($"{program}\n{test}\n")),
            new("main_test.go", Encoding.UTF8.GetBytes(Main.Replace("PACKAGE", Package(program), StringComparison.Ordinal).Replace("WORD", word, StringComparison.Ordinal))),
        ],
        go => [[go, "test", "-vet=off", "-c", "-o", "program"], ["/tmp/plum/program"]],
        new(
            Opening(), Expected(), null, "{ actual: plum_answer($), expected: \"\" }",
            values => ("package main\nimport \"testing\"", $"func TestExpected(t *testing.T) {{\n{string.Concat(values.Select(value => $"plum_answer({value})\n"))}}}")),
        MemoryMegabytes: 1_024);

    // Values are written as MultiPL-E's tests compare them.
    private const string Main = """
        package PACKAGE

        import (
            "flag"
            "fmt"
            "os"
            "strconv"
            "testing"
        )

        func plum_answer(value interface{}) interface{} {
            os.Stdout.WriteString("\nWORD=" + strconv.Quote(fmt.Sprintf("%v", value)) + "\n")
            return ""
        }

        func TestMain(m *testing.M) {
            // What the program's init may have asked of the test runner, such as to run no test, is taken back.
            os.Args = os.Args[:1]
            flag.VisitAll(func(one *flag.Flag) { one.Value.Set(one.DefValue) })
            code := m.Run()
            if code == 0 {
                os.Stdout.WriteString("\nWORD\n")
            }
            os.Exit(code)
        }

        """;

    private static string Package(string program) => program.Split('\n').Select(line => line.Trim())
        .FirstOrDefault(line => line.StartsWith("package ", StringComparison.Ordinal))?["package ".Length..].Trim() ?? "main";

    [GeneratedRegex(@"\{\s*actual:")]
    private static partial Regex Opening();

    [GeneratedRegex(@",\s*expected:")]
    private static partial Regex Expected();
}
