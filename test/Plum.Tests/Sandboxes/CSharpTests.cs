using Plum.Sandboxes;
using Xunit;

namespace Plum.Tests.Sandboxes;

/// <summary>The C# compiler stays for one program after another: no source may end or keep it to the cost of the next.</summary>
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
        Assert.SkipWhen(Language.Named("csharp").ToolPath is null, "dotnet is not installed");
        ProgramResult result = await RunAsync(Bombs[bomb]);
        Assert.NotEqual(CaseOutcome.Passed, result.Outcome);
        Assert.NotEqual(CaseOutcome.Undecided, result.Outcome);
        ProgramResult next = await RunAsync("return x + 1;");
        Assert.True(next.Outcome == CaseOutcome.Passed, next.Message);
    }

    [Fact]
    public async Task OneProgramMeetsNothingOfTheOneBefore()
    {
        Assert.SkipWhen(Language.Named("csharp").ToolPath is null, "dotnet is not installed");
        await using PythonSandbox sandbox = PythonSandbox.Open(SandboxOptions.Default with { Jails = 1 });
        Assert.SkipWhen(sandbox.Rung != SandboxLevel.Full, "other languages need the full level");
        Assert.Equal(CaseOutcome.Passed, (await RunAsync("return Other.Two; } static class Other { public static int Two = 2;", sandbox)).Outcome);
        ProgramResult second = await RunAsync("return Other.Two;", sandbox);
        Assert.Equal(CaseOutcome.Failed, second.Outcome);
        Assert.Contains("does not build: program.cs(4,", second.Message, StringComparison.Ordinal);
        Assert.NotEqual(CaseOutcome.Passed, (await RunAsync("return 3;", sandbox)).Outcome);
        ProgramResult sources = await RunAsync("""return System.IO.Directory.GetFiles("/tmp/plum", "*.cs").Length;""", sandbox, 0);
        Assert.True(sources.Outcome == CaseOutcome.Passed, sources.Message);
    }

    private Task<ProgramResult> RunAsync(string body, PythonSandbox? sandbox = null, int wanted = 2) => (sandbox ?? fixture.Sandbox).RunProgramAsync(new(Language.Named("csharp"),
        $"using System;\nclass Problem {{\n public static int F(int x) {{\n {body} }}\n",
        $"public static void Main(string[] args) {{ System.Diagnostics.Debug.Assert(F(1) == {wanted}); }}\n}}", new Limits(WallMilliseconds: 10_000)), TestContext.Current.CancellationToken);
}
