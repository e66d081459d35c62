using Plum.Sandboxes;
using Plum.Tests.Sandboxes;
using Plum.Verdicts;
using Xunit;

namespace Plum.Tests.Verdicts;

public sealed class VerifierTests(SandboxFixture fixture)
{
    private static readonly TestSuite Suite = new("t", "f", [new("1", "2"), new("[1]", "[1, 1]"), new("'a'", "'aa'")]);

    private static Candidate Of(string program, int sample = 0) => new("t", sample, program, program, [], [], "stop", 0, 1);

    private Task<Verdict> VerifyAsync(string program, VerifierOptions? options = null) =>
        new Verifier(fixture.Sandbox, options).VerifyAsync(Suite, Of(program), TestContext.Current.CancellationToken);

    [Fact]
    public async Task ARightProgramPasses()
    {
        Verdict verdict = await VerifyAsync("def f(x):\n    return x + x");
        Assert.True(verdict.Passed);
        Assert.Null(verdict.FirstFailure);
        Assert.NotNull(verdict.CanonicalForm);
    }

    [Fact]
    public async Task AWrongProgramFailsWithItsFirstFailure()
    {
        Verdict verdict = await VerifyAsync("def f(x):\n    return x * 2 if isinstance(x, int) else x");
        Assert.Equal([CaseOutcome.Passed, CaseOutcome.Failed, CaseOutcome.Failed], verdict.Outcomes);
        Assert.Equal(new FirstFailure(1, "[1]", "[1, 1]", "[1]", null), verdict.FirstFailure);
    }

    [Fact]
    public async Task AnExceptionIsAFailureThatIsTold()
    {
        Verdict verdict = await VerifyAsync("def f(x):\n    return x + 1");
        Assert.StartsWith("TypeError", verdict.FirstFailure!.Exception, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StoppingAtTheFirstFailureShortensTheOutcomes()
    {
        Verdict verdict = await VerifyAsync("def f(x):\n    return None", new(StopAtFirstFailure: true));
        Assert.Equal([CaseOutcome.Failed], verdict.Outcomes);
    }

    [Fact]
    public async Task NoCasesAreNoPass()
    {
        Verdict verdict = await new Verifier(fixture.Sandbox).VerifyAsync(new("t", "f", []), Of("def f(x):\n    return x"), TestContext.Current.CancellationToken);
        Assert.False(verdict.Passed);
    }

    [Fact]
    public async Task ASyntaxErrorHasNoCanonicalForm()
    {
        Verdict verdict = await VerifyAsync("def f(x:");
        Assert.Null(verdict.CanonicalForm);
        Assert.All(verdict.Outcomes, outcome => Assert.Equal(CaseOutcome.Failed, outcome));
    }

    [Fact]
    public async Task AnObjectThatEqualsEverythingFails()
    {
        Verdict verdict = await VerifyAsync("class E:\n    def __eq__(self, other): return True\ndef f(x): return E()");
        Assert.False(verdict.Passed);
        Assert.Equal("<E>", verdict.FirstFailure!.Got);
    }

    [Fact]
    public async Task EqualProgramsAreRunOnceAndBothJudged()
    {
        Counting counting = new(fixture.Sandbox);
        IReadOnlyList<Verdict> verdicts = await new Verifier(counting).VerifyAsync(Suite,
            [Of("def f(x):\n    return x + x", 0), Of("def f(x):  # doubled\n  return x + x\n", 1), Of("def f(x):\n    return x", 2)],
            TestContext.Current.CancellationToken);
        Assert.Equal(2, counting.Count);
        Assert.Equal([true, true, false], verdicts.Select(verdict => verdict.Passed));
        Assert.Equal([0, 1, 2], verdicts.Select(verdict => verdict.Sample));
    }

    [Fact]
    public async Task ABrokenSandboxIsUndecidedAndNotAFailure()
    {
        Verdict verdict = await new Verifier(new Broken()).VerifyAsync(Suite, Of("def f(x): return x"), TestContext.Current.CancellationToken);
        Assert.True(verdict.Undecided);
        Assert.False(verdict.Passed);
    }

    [Fact]
    public async Task ASuiteThatIsNoLiteralNamesTheCase()
    {
        InputException exception = await Assert.ThrowsAsync<InputException>(() =>
            new Verifier(fixture.Sandbox).VerifyAsync(new("t", "f", [new("1", "2"), new("x", "2")]), Of("def f(x): return x"), TestContext.Current.CancellationToken));
        Assert.Contains("case 2", exception.Message, StringComparison.Ordinal);
    }

    private sealed class Counting(ISandbox inner) : ISandbox
    {
        private int count;

        public int Count => count;

        public string Level => inner.Level;

        public int Parallelism => inner.Parallelism;

        public Task<ExecutionResult> RunAsync(Execution execution, CancellationToken cancellation)
        {
            Interlocked.Increment(ref count);
            return inner.RunAsync(execution, cancellation);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Broken : ISandbox
    {
        public string Level => "broken";

        public int Parallelism => 1;

        public Task<ExecutionResult> RunAsync(Execution execution, CancellationToken cancellation) =>
            Task.FromResult(new ExecutionResult(ExecutionStatus.SandboxError, [], "broken", 0));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
