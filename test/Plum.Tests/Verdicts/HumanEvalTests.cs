using Plum.Tests.Sandboxes;
using Plum.Verdicts;
using Xunit;

namespace Plum.Tests.Verdicts;

/// <summary>The 164 canonical solutions pass their own tests ten times over, and broken none of them passes once.</summary>
public sealed class HumanEvalTests(SandboxFixture fixture)
{
    private const int Times = 10;

    private async Task<TestCodeVerdict[]> VerifyAsync(Func<HumanEval.Task, string> program, Func<HumanEval.Task, TestCode> tests)
    {
        TestCodeVerifier verifier = new(fixture.Sandbox);
        return await Task.WhenAll(HumanEval.Load().SelectMany(task => Enumerable.Repeat(task, Times)).Select(task =>
            verifier.VerifyAsync(program(task), task.EntryPoint, tests(task), task.Prompt, cancellation: TestContext.Current.CancellationToken)));
    }

    private static TestCode Understood(HumanEval.Task task) => TestCode.Parse(task.EntryPoint, task.Test);

    private static TestCode Whole(HumanEval.Task task) => new([], [task.Test]);

    [Fact]
    public async Task CanonicalSolutionsPassWithAssertsComparedOutsideTheJail() =>
        Assert.All(await VerifyAsync(task => task.Program, Understood), verdict => Assert.True(verdict.Passed, verdict.Message));

    [Fact]
    public async Task CanonicalSolutionsPassInSplitMode() =>
        Assert.All(await VerifyAsync(task => task.Program, Whole), verdict => Assert.True(verdict.Passed, verdict.Message));

    [Fact]
    public async Task BrokenSolutionsFailWithAssertsComparedOutsideTheJail() =>
        Assert.All(await VerifyAsync(task => task.Broken, Understood), verdict => Assert.False(verdict.Passed || verdict.Undecided));

    [Fact]
    public async Task BrokenSolutionsFailInSplitMode() =>
        Assert.All(await VerifyAsync(task => task.Broken, Whole), verdict => Assert.False(verdict.Passed || verdict.Undecided));

    [Fact]
    public void MostTestsNeedNoSplitMode() =>
        Assert.InRange(HumanEval.Load().Count(task => Understood(task).Rest.Count == 0), 120, 164);
}
