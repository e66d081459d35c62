using Plum.Sandboxes;
using Xunit;

namespace Plum.Tests.Sandboxes;

public sealed class SplitTests(SandboxFixture fixture)
{
    private Task<SplitResult> RunAsync(string program, string prelude, params string[] tests) =>
        fixture.Sandbox.RunSplitAsync(new SplitExecution(program, "f", tests, new Limits(200, 500, 2_000), prelude), TestContext.Current.CancellationToken);

    [Fact]
    public async Task ARightProgramPassesACheck()
    {
        SplitResult result = await RunAsync("def f(x):\n    return x + 1", "", "def check(candidate):\n    for i in range(5):\n        assert candidate(i) == i + 1");
        Assert.True(result.Outcomes is [CaseOutcome.Passed], $"{string.Join(",", result.Outcomes)}: {result.Message}");
    }

    [Fact]
    public async Task AWrongProgramFailsWithTheAssertsMessage()
    {
        SplitResult result = await RunAsync("def f(x):\n    return x", "", "assert f(1) == 2, 'one'");
        Assert.Equal([CaseOutcome.Failed], result.Outcomes);
        Assert.Equal("AssertionError: one", result.Message);
    }

    [Fact]
    public async Task EveryTestIsJudgedByItself()
    {
        SplitResult result = await RunAsync("def f(x):\n    return abs(x)", "", "assert f(1) == 1", "assert f(-1) == -1", "assert f(-2) == 2");
        Assert.Equal([CaseOutcome.Passed, CaseOutcome.Failed, CaseOutcome.Passed], result.Outcomes);
    }

    [Fact]
    public async Task ThePreludeGivesTheTestItsHelpers()
    {
        SplitResult result = await RunAsync("def f(x):\n    return x + 1", "def helper(x):\n    return x + 1\n", "assert f(3) == helper(3)");
        Assert.True(result.Outcomes is [CaseOutcome.Passed], $"{string.Join(",", result.Outcomes)}: {result.Message}");
    }

    [Fact]
    public async Task AnExpectedExceptionArrivesAsItself()
    {
        SplitResult result = await RunAsync("def f(x):\n    raise ValueError('no')", "",
            "try:\n    f(1)\nexcept ValueError as e:\n    assert str(e) == 'no'\nelse:\n    assert False");
        Assert.True(result.Outcomes is [CaseOutcome.Passed], $"{string.Join(",", result.Outcomes)}: {result.Message}");
    }

    [Fact]
    public async Task ACandidateThatDiesCostsItsOwnTestOnly()
    {
        SplitResult result = await RunAsync("import os\ndef f(x):\n    if x == 2: os._exit(0)\n    return x", "", "assert f(1) == 1", "assert f(2) == 2", "assert f(3) == 3");
        Assert.Equal([CaseOutcome.Passed, CaseOutcome.Crashed, CaseOutcome.Passed], result.Outcomes);
    }

    [Fact]
    public async Task ATestWhoseCandidateEndsAtOnceIsNotRunOnTheNextOne()
    {
        for (int round = 0; round < 50; round++)
        {
            SplitResult broken = await RunAsync("def f(x:", "", $"assert f({round}) == 'never'");
            Assert.Equal([CaseOutcome.Failed], broken.Outcomes);
            SplitResult right = await RunAsync($"def f(x):\n    return x + {round}", "", $"assert f(1) == {round + 1}");
            Assert.True(right.Outcomes is [CaseOutcome.Passed], $"round {round}: {string.Join(",", right.Outcomes)}: {right.Message}");
        }
    }

    [Fact]
    public async Task ALoopTimesOut()
    {
        SplitResult result = await RunAsync("def f(x):\n    while True: pass", "", "assert f(1) == 1");
        Assert.Equal([CaseOutcome.TimedOut], result.Outcomes);
    }

    [Fact]
    public async Task AnObjectThatEqualsEverythingFails()
    {
        SplitResult result = await RunAsync("class E:\n    def __eq__(self, o): return True\ndef f(x): return E()", "", "assert f(1) == 2");
        Assert.Equal([CaseOutcome.Failed], result.Outcomes);
    }

    [Fact]
    public async Task AnEndOfIterationDoesNotEndTheTestsOwnLoops()
    {
        SplitResult result = await RunAsync("def f(x): raise StopIteration", "", "assert all(map(lambda x: f(x) == x, range(5)))", "for _ in map(f, [1]): pass\nelse: assert next(map(f, [1]), 2) == 2");
        Assert.Equal([CaseOutcome.Failed, CaseOutcome.Failed], result.Outcomes);
    }

    [Fact]
    public async Task ASleeperInEveryCallEndsAtTheWholeProgramsWallTime()
    {
        SplitResult result = await fixture.Sandbox.RunSplitAsync(new SplitExecution("import time\ndef f(x):\n    time.sleep(0.15)\n    return x", "f",
            ["for _ in range(1000): f(1)"], new Limits(WallMilliseconds: 300)), TestContext.Current.CancellationToken);
        Assert.Equal([CaseOutcome.TimedOut], result.Outcomes);
    }

    [Fact]
    public async Task APreludeThatIsNoPythonLeavesItUndecided()
    {
        SplitResult result = await RunAsync("def f(x): return x", "def (", "assert f(1) == 1");
        Assert.Equal([CaseOutcome.Undecided], result.Outcomes);
    }

    [Fact]
    public async Task AnswersThatNobodyAskedForAreACrash()
    {
        SplitResult result = await RunAsync("import os\nfor _ in range(9999): os.write(3, b'V\\x05\\x00\\x00\\x00i\\x02\\x00\\x00\\x00')\ndef f(x): return 2", "", "assert f(1) == 3");
        Assert.DoesNotContain(CaseOutcome.Passed, result.Outcomes);
        Assert.DoesNotContain(CaseOutcome.Undecided, result.Outcomes);
    }
}
