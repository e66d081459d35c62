using Plum.Suites;
using Plum.Tests.Sandboxes;
using Xunit;

namespace Plum.Tests.Suites;

public sealed class SuiteAuditTest(SandboxFixture python)
{
    private Task<SuiteQuality> Measure(string reference, IEnumerable<TestCase> cases, params string[] surplus) => new SuiteAudit(python.Sandbox).MeasureAsync(
        [new("one", "solve", [.. cases], null, [.. surplus.Select(arguments => new DroppedTest(arguments, SuiteReasons.Surplus, 1))], [reference])], 1, TestContext.Current.CancellationToken);

    [Fact]
    public async Task AnEquivalentMutantIsNotCounted()
    {
        // n > 0 has none, not, >=, <=, > 1, > -1 and else 1, else -1: eight mutants, of which n >= 0 and n > -1 change nothing. 1 would kill n > 1.
        SuiteQuality quality = await Measure(Lesson.Returning("n if n > 0 else 0"), [new("5", "5"), new("-2", "0"), new("0", "0")]);
        Assert.Equal((1, 2, 6, 5), (quality.Suites, quality.Equivalent, quality.Mutants, quality.Killed));
        Assert.Equal(5 / 6.0, quality.MutationScore);
        Assert.Equal(1, (await Measure(Lesson.Returning("n if n > 0 else 0"), [new("5", "5"), new("-2", "0"), new("1", "1")])).MutationScore);
    }

    [Fact]
    public async Task WhatOnlyADroppedTestWouldTellSurvives()
    {
        SuiteQuality quality = await Measure(Lesson.Returning("max(xs)").Replace("(n)", "(xs)", StringComparison.Ordinal), [new("[3]", "3")], "[3, 1]");
        Assert.Equal((2, 1, 0), (quality.Mutants, quality.Killed, quality.Equivalent));
    }

    [Fact]
    public async Task CoverageIsOfTheSuitesOwnCalls()
    {
        SuiteQuality quality = await Measure("def solve(n):\n    if n > 3:\n        return 1\n    return 0", [new("5", "1")], "2");
        Assert.Equal(2 / 3.0, quality.LineCoverage, 12);
        Assert.Equal(0.5, quality.BranchCoverage);
    }

    [Fact]
    public async Task AReferenceThatFailsItsOwnSuiteIsNotMeasured() =>
        Assert.Equal(new SuiteQuality(0, 0, 0, 0, 0, 0), await Measure(Lesson.Returning("n + 1"), [new("5", "5")]));

    [Fact]
    public void SuitesAreDrawnByTheSeedFromThoseKept()
    {
        TestSuite[] all = [.. Enumerable.Range(0, 40).Select(at => new TestSuite($"{at}", "solve", [], at % 2 == 0 ? null : SuiteReasons.FewTests))];
        IReadOnlyList<TestSuite> drawn = SuiteAudit.Draw(all, 1, 5);
        Assert.Equal(5, drawn.Distinct().Count());
        Assert.All(drawn, suite => Assert.Null(suite.DropReason));
        Assert.Equal(drawn, SuiteAudit.Draw(all.Reverse(), 1, 5));
        Assert.NotEqual(drawn, SuiteAudit.Draw(all, 2, 5));
        Assert.Equal(20, SuiteAudit.Draw(all, 1, 200).Count);
    }
}
