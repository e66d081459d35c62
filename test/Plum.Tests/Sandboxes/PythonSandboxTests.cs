using Plum.Sandboxes;
using Xunit;

namespace Plum.Tests.Sandboxes;

public sealed class PythonSandboxTests(SandboxFixture sandbox)
{
    [Theory]
    [InlineData("None")]
    [InlineData("True")]
    [InlineData("-5")]
    [InlineData("2147483648")]
    [InlineData("-123456789012345678901234567890")]
    [InlineData("0.1")]
    [InlineData("float('nan')")]
    [InlineData("(1-2j)")]
    [InlineData("'caf\u00e9 \U0001F600'")]
    [InlineData("b'sSc\\xff'")]
    [InlineData("[1, [2, ('s', {3})]]")]
    [InlineData("{'s': {1: None}}")]
    [InlineData("frozenset({1, 2})")]
    public async Task ValuesCrossTheJailBothWays(string literal)
    {
        ExecutionResult result = await sandbox.RunAsync("def f(x):\n    return x", "f", literal);
        Assert.Equal(ExecutionStatus.Completed, result.Status);
        Assert.Equal(literal, PythonLiteral.Format(result.Calls[0].Value!));
    }

    [Fact]
    public async Task EveryCallHasItsResult()
    {
        ExecutionResult result = await sandbox.RunAsync("def f(x):\n    return 10 // x", "f", "1", "0", "5");
        Assert.Equal([CallStatus.Returned, CallStatus.Raised, CallStatus.Returned], result.Calls.Select(call => call.Status));
        Assert.StartsWith("ZeroDivisionError: ", result.Calls[1].Exception, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeywordsArePassed()
    {
        ExecutionResult result = await sandbox.RunAsync("def f(a, *, k):\n    return a - k", "f", "5, k=2");
        Assert.Equal(new TypedValue.Int(3), result.Calls[0].Value);
    }

    [Fact]
    public async Task AMethodCanBeTheEntryPoint()
    {
        ExecutionResult result = await sandbox.RunAsync("class Solution:\n    def f(self, x):\n        return x + 1", "Solution().f", "1");
        Assert.Equal(new TypedValue.Int(2), result.Calls[0].Value);
    }

    [Fact]
    public async Task ASyntaxErrorIsTheProgramsFailure()
    {
        ExecutionResult result = await sandbox.RunAsync("def f(x:\n", "f", "1");
        Assert.Equal(ExecutionStatus.ProgramFailed, result.Status);
        Assert.True(result.SyntaxError);
    }

    [Fact]
    public async Task AMissingEntryPointIsTheProgramsFailure()
    {
        ExecutionResult result = await sandbox.RunAsync("def g(x):\n    return x", "f", "1");
        Assert.Equal(ExecutionStatus.ProgramFailed, result.Status);
        Assert.Contains("NameError", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALoopEndsAtItsCpuTimeAndTheCallsAfterItAreMade()
    {
        ExecutionResult result = await sandbox.RunAsync("def f(x):\n    while x: pass\n    return x", "f",
            new Limits(CallCpuMilliseconds: 100), "0", "1", "0");
        Assert.Equal(ExecutionStatus.TimedOut, result.Status);
        Assert.Equal([CallStatus.Returned, CallStatus.TimedOut, CallStatus.Returned], result.Calls.Select(call => call.Status));
        Assert.InRange(result.CpuMilliseconds, 90, 400);
    }

    [Fact]
    public async Task ASleeperEndsAtItsWallTime()
    {
        ExecutionResult result = await sandbox.RunAsync("import time\ndef f(x):\n    time.sleep(60)", "f",
            new Limits(WallMilliseconds: 200), "0");
        Assert.Equal(ExecutionStatus.TimedOut, result.Status);
    }

    [Fact]
    public async Task ASleeperInEveryCallEndsAtTheWholeProgramsWallTime()
    {
        ExecutionResult result = await sandbox.RunAsync("import time\ndef f(x):\n    time.sleep(0.15)\n    return x", "f",
            new Limits(WallMilliseconds: 300), [.. Enumerable.Repeat("1", 1000)]);
        Assert.Equal(ExecutionStatus.TimedOut, result.Status);
        Assert.InRange(result.Calls.Count(call => call.Status == CallStatus.Returned), 1, 20);
    }

    [Fact]
    public async Task TwoSurrogatesAreNotTheLetterThatTheyWouldSpell()
    {
        ExecutionResult result = await sandbox.RunAsync("def f():\n    return '\\ud83d' + '\\ude00'", "f", "");
        Assert.IsType<TypedValue.Opaque>(result.Calls[0].Value);
    }

    [Theory]
    [InlineData("answers_that_do_not_wait")]
    [InlineData("a_pipe_of_one_page")]
    public async Task WhatAProgramDoesToTheAnswerPipeDoesNotReachTheNext(string attack)
    {
        await using PythonSandbox one = PythonSandbox.Open(new(Jails: 1));
        Limits limits = new(WallMilliseconds: 3_000);
        for (int round = 0; round < 3; round++)
        {
            await one.RunAsync(Execution.Parse(Attacks.All[attack], "f", ["1"], limits), TestContext.Current.CancellationToken);
            ExecutionResult large = await one.RunAsync(Execution.Parse("def f(n):\n    return 'x' * n", "f", ["4000000"], limits), TestContext.Current.CancellationToken);
            Assert.Equal(ExecutionStatus.Completed, large.Status);
        }
    }

    [Theory]
    [InlineData("enormous_exception_text")]
    [InlineData("enormous_type_name")]
    public async Task WhatAProgramSaysOfItselfIsCut(string attack)
    {
        ExecutionResult result = await sandbox.RunAsync(Attacks.All[attack], "f", "1");
        Assert.InRange((result.Calls[0].Exception ?? PythonLiteral.Format(result.Calls[0].Value!)).Length, 10, 1_010);
    }

    [Fact]
    public async Task ACrashCostsItsOwnCallOnly()
    {
        ExecutionResult result = await sandbox.RunAsync("import os\ndef f(x):\n    if x: os._exit(0)\n    return x", "f", "0", "1", "0");
        Assert.Equal(ExecutionStatus.Crashed, result.Status);
        Assert.Equal([CallStatus.Returned, CallStatus.Crashed, CallStatus.Returned], result.Calls.Select(call => call.Status));
    }

    [Fact]
    public async Task StoppingAtTheFirstFailureMakesNoFurtherCall()
    {
        ExecutionResult result = await sandbox.Sandbox.RunAsync(
            Execution.Parse("def f(x):\n    return 1 // x", "f", ["1", "0", "1"], stopAtFirstFailure: true), TestContext.Current.CancellationToken);
        Assert.Equal(2, result.Calls.Count);
    }

    [Fact]
    public async Task ALargeAnswerArrivesWhole()
    {
        ExecutionResult result = await sandbox.RunAsync("def f(n):\n    return 'x' * n", "f", "3000000");
        Assert.Equal(3_000_000, Assert.IsType<TypedValue.Str>(result.Calls[0].Value).Value.Length);
    }

    [Fact]
    public async Task AnAnswerBeyondTheCapIsACrash()
    {
        ExecutionResult result = await sandbox.RunAsync("def f(n):\n    return 'x' * n", "f", "100000000");
        Assert.Equal(ExecutionStatus.Crashed, result.Status);
    }

    [Fact]
    public async Task ManyProgramsSideBySideKeepTheirAnswersApart()
    {
        ExecutionResult[] results = await Task.WhenAll(Enumerable.Range(0, 200).Select(number =>
            sandbox.RunAsync($"def f():\n    return {number}", "f", "")));
        Assert.Equal(Enumerable.Range(0, 200), results.Select(result => (int)((TypedValue.Int)result.Calls[0].Value!).Value));
    }
}
