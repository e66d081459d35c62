namespace Plum.Suites;

/// <summary>What became of the instructions in stage 1.</summary>
/// <param name="Instructions">All of them.</param>
/// <param name="Kept">Those with a suite.</param>
/// <param name="SelfConsistency">The share of the teacher's reference samples that pass their own kept suite; 0 where none was kept.</param>
/// <param name="TestsPerSuite">The mean number of tests of a kept suite; 0 where none was kept.</param>
/// <param name="Dropped">Instructions dropped, by reason; see <see cref="SuiteReasons"/>.</param>
/// <param name="DroppedTests">Tests dropped, by reason.</param>
/// <param name="TeacherCalls">Samples that the teachers were asked for; null where nobody counted.</param>
/// <param name="TeacherTokens">Tokens of prompts and answers; a third of the characters where a teacher does not tell.</param>
/// <param name="TeacherCost">Money, by the prices in the recipe.</param>
/// <param name="TeacherRetries">Failed calls that were made again, by kind.</param>
/// <param name="TeacherFailures">Prompts without an answer, by kind.</param>
/// <param name="Audited">Of how many kept suites the figures below are; null where none was measured. See <see cref="SuiteAudit"/>.</param>
/// <param name="MutationScore">The share of mutants of the suites' references that fail their suite, equivalent ones left out.</param>
/// <param name="LineCoverage">The share of the references' lines that the suites reach.</param>
/// <param name="BranchCoverage">The share of the outcomes of their conditions that the suites see.</param>
/// <param name="FalsePassRate">The share of the policy's passing programs that hidden tests find wrong; null where there are none.</param>
/// <param name="FalseFailRate">The share of the policy's right programs that fail their suite.</param>
/// <param name="FalsePassSuites">The share of suites that pass a wrong program of the policy.</param>
/// <param name="FalseFailSuites">The share of suites that fail a right one.</param>
public sealed record SuiteFigures(
    int Instructions,
    int Kept,
    double SelfConsistency,
    double TestsPerSuite,
    IReadOnlyDictionary<string, int> Dropped,
    IReadOnlyDictionary<string, int> DroppedTests,
    long? TeacherCalls = null,
    long? TeacherTokens = null,
    double? TeacherCost = null,
    IReadOnlyDictionary<string, long>? TeacherRetries = null,
    IReadOnlyDictionary<string, long>? TeacherFailures = null,
    int? Audited = null,
    double? MutationScore = null,
    double? LineCoverage = null,
    double? BranchCoverage = null,
    double? FalsePassRate = null,
    double? FalseFailRate = null,
    double? FalsePassSuites = null,
    double? FalseFailSuites = null)
{
    /// <summary>Sums suites up.</summary>
    /// <param name="suites">The suites, dropped ones too.</param>
    public static SuiteFigures Of(IReadOnlyCollection<TestSuite> suites)
    {
        ArgumentNullException.ThrowIfNull(suites);
        TestSuite[] kept = [.. suites.Where(suite => suite.DropReason is null)];
        return new(
            suites.Count,
            kept.Length,
            kept.Select(suite => suite.SelfConsistency ?? 0).DefaultIfEmpty().Average(),
            kept.Select(suite => (double)suite.Cases.Count).DefaultIfEmpty().Average(),
            Count(suites.Select(suite => suite.DropReason)),
            Count(suites.SelectMany(suite => suite.Dropped ?? []).Select(test => test.Reason)));
    }

    private static SortedDictionary<string, int> Count(IEnumerable<string?> reasons) =>
        new(reasons.OfType<string>().CountBy(reason => reason).ToDictionary(), StringComparer.Ordinal);
}
