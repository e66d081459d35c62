using Plum.Suites;
using Plum.Tests.Sandboxes;
using Xunit;

namespace Plum.Tests.Suites.Filters;

/// <summary>
/// Every filter on one quarrel: the first reference says n + 2, two say 2 n in different words, the last says n n. At 0 three agree,
/// at 2 all, elsewhere two.
/// </summary>
public sealed class TestFilterTest(SandboxFixture python)
{
    private static readonly string[] Quarrel = [Lesson.Returning("n + 2"), Lesson.Returning("n * 2"), Lesson.Returning("n + n"), Lesson.Returning("n * n")];

    private Task<TestSuite> Build(SuiteOptions options) => Lesson.BuildAsync(python, Quarrel, ["0", "1", "2", "3", "4"], options);

    [Fact]
    public async Task AgreementBelievesEachInputByItself()
    {
        TestSuite suite = await Build(Lesson.Options);
        Assert.Equal(["0: 0", "2: 4"], suite.Tests());
        Assert.Equal(["1", "3", "4"], suite.Dropped!.Where(test => test.Reason == SuiteReasons.Disagreement).Select(test => test.Arguments));
        Assert.All(suite.Dropped!, test => Assert.Equal(0.5, test.Agreement));
    }

    [Fact]
    public async Task NoneTakesTheFirstReferenceOnTrust()
    {
        TestSuite suite = await Build(Lesson.Options with { Filter = "none" });
        Assert.Equal(["0: 2", "1: 3", "2: 4", "3: 5", "4: 6"], suite.Tests());
        Assert.Equal(0.25, suite.SelfConsistency);
    }

    [Fact]
    public async Task NonePassesOverAReferenceThatIsNoProgram()
    {
        TestSuite suite = await Lesson.BuildAsync(python, ["def solve(n:", .. Quarrel], ["1", "3"], Lesson.Options with { Filter = "none" });
        Assert.Equal(["1: 3", "3: 5"], suite.Tests());
    }

    [Fact]
    public async Task CodetTakesTheBestClustersAnswers()
    {
        TestSuite suite = await Build(Lesson.Options with { Filter = "codet" });
        Assert.Equal(["0: 0", "1: 2", "2: 4", "3: 6", "4: 8"], suite.Tests());
        Assert.Equal(0.5, suite.SelfConsistency);
    }

    [Theory]
    [InlineData("product", new[] { "0: 0", "1: 2" })]
    [InlineData("root", new[] { "0: 2", "1: 3", "2: 4", "3: 5", "4: 6" })]
    public async Task AClustersScoreIsTheProductOrTakesTheRootOfItsPrograms(string score, string[] expected)
    {
        // Three programs pass two tests, 3 x 2 = 6 and 1.7 x 2 = 3.5; one passes five.
        string twoOnly = "def solve(n):\n    return [0, 2][n]";
        TestSuite suite = await Lesson.BuildAsync(
            python, [twoOnly, twoOnly, Quarrel[0], twoOnly], ["0", "1", "2", "3", "4"], Lesson.Options with { Filter = "codet", ClusterScore = score, MinReferences = 1 });
        Assert.Equal(expected, suite.Tests());
    }

    [Fact]
    public async Task AClusterOfTooFewIsNoEvidence()
    {
        TestSuite suite = await Build(Lesson.Options with { Filter = "codet", MinReferences = 3 });
        Assert.Equal(SuiteReasons.FewTests, suite.DropReason);
        Assert.All(suite.Dropped!, test => Assert.Equal(SuiteReasons.FewReferencesReturned, test.Reason));
    }

    [Theory]
    // Scores of the answers 0, 2, 4, 6, 8 relative to the best, by the equations in double precision elsewhere: 0.8662, 0.6508, 1, 0.6508, 0.6508.
    [InlineData(0.5, new[] { "0: 0", "1: 2", "2: 4", "3: 6", "4: 8" })]
    [InlineData(0.7, new[] { "0: 0", "2: 4" })]
    [InlineData(0.9, new[] { "2: 4" })]
    public async Task PageRankTakesTheBestProgramsAnswersThatScoreEnough(double least, string[] expected)
    {
        TestSuite suite = await Build(Lesson.Options with { Filter = "pagerank", TestScore = least });
        if (expected.Length > 1) Assert.Equal(expected, suite.Tests());
        // A constant passes a single test, so the instruction falls; its other tests still say why they were not believed.
        else Assert.Equal(4, suite.Dropped!.Count(test => test.Reason == SuiteReasons.Disagreement));
    }

    [Theory]
    [InlineData("agreement")]
    [InlineData("none")]
    [InlineData("codet")]
    [InlineData("pagerank")]
    public async Task WithoutAProgramThatRunsThereIsNoSuite(string filter)
    {
        TestSuite suite = await Lesson.BuildAsync(python, ["def solve(n:", "solve = 1 / 0"], ["1", "2"], Lesson.Options with { Filter = filter, MinReferences = 1 });
        Assert.Equal(SuiteReasons.NoReference, suite.DropReason);
        Assert.All(suite.Dropped!, test => Assert.Equal((SuiteReasons.NoReferenceReturned, 0.0), (test.Reason, test.Agreement)));
    }

    [Theory]
    [InlineData("agreement")]
    [InlineData("none")]
    [InlineData("codet")]
    [InlineData("pagerank")]
    public async Task WhatIsNoPlainDataIsNoTest(string filter)
    {
        TestSuite suite = await Lesson.BuildAsync(python, [Lesson.Returning("n if n < 3 else object()"), Lesson.Returning("n if n < 3 else object()")], ["1", "2", "3"], Lesson.Options with { Filter = filter });
        Assert.DoesNotContain(suite.Cases, test => test.Arguments == "3");
        Assert.Contains(suite.Dropped!, test => test.Arguments == "3");
    }

    [Theory]
    [InlineData("filter is 'best'", "best", "product", 0.85)]
    [InlineData("cluster_score is 'sum'", "codet", "sum", 0.85)]
    [InlineData("damping", "pagerank", "product", 1.5)]
    public void WhatThereIsNotIsRefused(string message, string filter, string score, double damping) =>
        Assert.Contains(message, Assert.Throws<InputException>(() => new SuiteBuilder(new ReplayedModel([]), python.Sandbox, new(Filter: filter, ClusterScore: score, Damping: damping))).Message);
}
