using Plum.Sandboxes;
using Plum.Tests.Sandboxes;
using Plum.Verdicts;
using Xunit;

namespace Plum.Tests.Verdicts;

/// <summary>A suite is judged by what it holds.</summary>
public sealed class SuiteVerifierTests(SandboxFixture fixture)
{
    private async Task<Verdict> VerifyAsync(TestSuite suite, string program, string? language = null) =>
        Assert.Single(await new SuiteVerifier(fixture.Sandbox, language is null ? null : Language.Named(language), new(StopAtFirstFailure: true)).VerifyAsync(
            suite, [new Candidate("t", 0, program, program, [], [], "stop", 0, 0)], TestContext.Current.CancellationToken));

    [Fact]
    public async Task CasesAreCompared()
    {
        TestSuite suite = new("t", "f", [new("1", "2"), new("5", "6")]);
        Assert.True((await VerifyAsync(suite, "def f(x): return x + 1")).Passed);
        Assert.Equal(new FirstFailure(1, "5", "6", "2", null), (await VerifyAsync(suite, "def f(x): return 2")).FirstFailure);
    }

    [Fact]
    public async Task TestCodeIsTakenApartAndTheRestRunsInSplitMode()
    {
        TestSuite suite = new("t", "f", [], Test: "assert f(1) == 2\nassert f(5) == 6\n"), split = suite with { Test = "def check(candidate):\n    for x in range(9):\n        assert candidate(x) == x + 1, x\n" };
        Assert.Equal([CaseOutcome.Passed, CaseOutcome.Passed], (await VerifyAsync(suite, "def f(x): return x + 1")).Outcomes);
        Assert.Equal(new FirstFailure(1, "assert f(5) == 6", "6", "2", null), (await VerifyAsync(suite, "def f(x): return 2")).FirstFailure);
        Assert.Equal([CaseOutcome.Passed], (await VerifyAsync(split, "def f(x): return x + 1")).Outcomes);
        Verdict wrong = await VerifyAsync(split, "def f(x): return 2");
        Assert.Equal([CaseOutcome.Failed], wrong.Outcomes);
        Assert.Equal("AssertionError: 0", wrong.FirstFailure?.Exception);
    }

    [Fact]
    public async Task WithoutAnEntryPointCasesAreInputsAndOutputs()
    {
        TestSuite suite = new("t", "", [new("1\n2\n", "3"), new("5\n6\n", "11\n")]);
        Assert.True((await VerifyAsync(suite, "print(int(input()) + int(input()))")).Passed);
        Assert.Equal(new FirstFailure(1, "5\n6\n", "11\n", "3\n", null), (await VerifyAsync(suite, "print(3)")).FirstFailure);
        Assert.StartsWith("ZeroDivisionError", (await VerifyAsync(suite, "print(1 // 0)")).FirstFailure!.Exception, StringComparison.Ordinal);
        Assert.Equal([CaseOutcome.Crashed], (await VerifyAsync(suite, "import os\nwhile True: os.write(1, b'3' * 65536)")).Outcomes);
        Assert.False((await VerifyAsync(new("t", "", []), "print(3)")).Passed);
    }

    [Fact]
    public async Task AnotherLanguageIsJudgedByItsTestCode()
    {
        Assert.SkipWhen(Language.Named("javascript").ToolPath is null, "node is not installed");
        TestSuite suite = new("t", "f", [], Test: "require('assert').equal(f(1), 2);");
        Assert.True((await VerifyAsync(suite, "const f = (x) => x + 1;", "javascript")).Passed);
        Assert.False((await VerifyAsync(suite, "const f = (x) => x;", "javascript")).Passed);
    }

    [Fact]
    public async Task EqualProgramsAreRunOnceAndEachHasItsVerdict()
    {
        string[] programs = ["print(1)", "print(1)  # one", "print(2)"];
        IReadOnlyList<Verdict> verdicts = await new SuiteVerifier(fixture.Sandbox).VerifyAsync(
            new TestSuite("t", "", [new("", "1")]), [.. programs.Select((program, at) => new Candidate("t", at, program, program, [], [], "stop", 0, 0))], TestContext.Current.CancellationToken);
        Assert.Equal([(0, true), (1, true), (2, false)], verdicts.Select(verdict => (verdict.Sample, verdict.Passed)));
        Assert.Equal(verdicts[0].CpuMilliseconds, verdicts[1].CpuMilliseconds);
    }
}
