using Plum.Sandboxes;
using Xunit;

namespace Plum.Tests.Sandboxes;

/// <summary>C# is compiled in the supervisor's own process: no source may end it, or keep it for ever.</summary>
public sealed class CSharpTests(SandboxFixture fixture)
{
    public static TheoryData<string> Sources() => new(Bombs.Keys);

    private static readonly Dictionary<string, string> Bombs = new()
    {
        ["brackets"] = "return " + new string('(', 100_000) + "1",
        ["signs"] = "return " + string.Concat(Enumerable.Repeat("- ", 100_000)) + "1;",
        ["sums"] = "return " + string.Concat(Enumerable.Repeat("x + ", 100_000)) + "1;",
        ["calls"] = "var s = \"\"; s" + string.Concat(Enumerable.Repeat(".Trim()", 50_000)) + "; return 0;",
        ["conditions"] = "return " + string.Concat(Enumerable.Repeat("x > 0 ? 1 : ", 50_000)) + "1;",
        ["else"] = string.Concat(Enumerable.Repeat("if (x > 9) return 0; else ", 20_000)) + "return 0;",
        ["blocks"] = new string('{', 50_000) + "return 0;" + new string('}', 50_000),
        ["types"] = "object o = null; " + string.Concat(Enumerable.Repeat("System.Func<", 20_000)) + "int" + new string('>', 20_000) + " f = null; return 0;",
        ["lambdas"] = string.Concat(Enumerable.Range(0, 30).Select(at => $"M(a{at} => ")) + "1" + new string(')', 30) + "; return 0; } static int M(Func<int, int> f) => 0; static int M(Func<string, int> f) => 0; static int M(Func<double, string> f) => 0; static int N() { return 0;",
    };

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task ASourceThatBurdensTheCompilerIsAProgramsFailure(string bomb)
    {
        Language row = Language.Named("csharp");
        Assert.SkipWhen(row.ToolPath is null, "dotnet is not installed");
        ProgramResult result = await fixture.Sandbox.RunProgramAsync(new(row,
            $"using System;\nclass Problem {{\n public static int F(int x) {{\n {Bombs[bomb]} }}\n", "public static void Main(string[] args) { System.Diagnostics.Debug.Assert(F(1) == 2); }\n}",
            new Limits(WallMilliseconds: 10_000)), TestContext.Current.CancellationToken);
        Assert.NotEqual(CaseOutcome.Passed, result.Outcome);
        Assert.NotEqual(CaseOutcome.Undecided, result.Outcome);
    }
}
