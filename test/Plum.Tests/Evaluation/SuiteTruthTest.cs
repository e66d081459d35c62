using Plum.Evaluation;
using Plum.Tests.Sandboxes;
using Plum.Verdicts;
using Xunit;

namespace Plum.Tests.Evaluation;

public sealed class SuiteTruthTest(SandboxFixture python)
{
    [Fact]
    public async Task ProgramsThatPassAndAreWrongAndThoseThatAreRightAndFailAreCounted()
    {
        // Twice n is asked for. The weak suite passes n + 2 besides; the wrong one wants n * n.
        TestSuite[] suites = [new("weak", "solve", [new("2", "4"), new("0", "0")]), new("wrong", "solve", [new("2", "4"), new("3", "9")]), new("untold", "solve", [new("1", "1")])];
        TestCase[] truth = [new("2", "4"), new("3", "6"), new("0", "0")];
        Dictionary<string, BenchmarkTask> hidden = new[] { "weak", "wrong" }.ToDictionary(id => id, id => new BenchmarkTask(id, "double it", "solve", truth));
        string[] bodies = ["n * 2", "n + n", "n * n", "n + 2"];
        Candidate[] candidates = [.. suites.SelectMany(suite => bodies.Select((body, sample) =>
            new Candidate(suite.InstructionId, sample, "", $"def solve(n):\n    return {body}", [], [], "stop", 0, 1)))];
        SuiteTruth found = await SuiteTruth.MeasureAsync(
            new SuiteVerifier(python.Sandbox), suites, hidden, candidates.ToLookup(candidate => candidate.TaskId), TestContext.Current.CancellationToken);
        // Weak: two right ones pass, n * n too. Wrong: n * n passes, both right ones fail.
        Assert.Equal(new SuiteTruth(2, 4, 2, 4, 2, 2, 1), found);
        Assert.Equal((0.5, 0.5), (found.FalsePassRate, found.FalseFailRate));
    }
}
