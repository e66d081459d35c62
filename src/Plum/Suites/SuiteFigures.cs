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
    public static SuiteFigures Of(IEnumerable<TestSuite> suites)
    {
        ArgumentNullException.ThrowIfNull(suites);
        Sums sums = new();
        foreach (TestSuite suite in suites) sums.Add(suite);
        return sums.Figures;
    }

    /// <summary>Sums suites up as they come; none is held.</summary>
    /// <param name="suites">The suites, dropped ones too.</param>
    public static async Task<SuiteFigures> OfAsync(IAsyncEnumerable<TestSuite> suites)
    {
        ArgumentNullException.ThrowIfNull(suites);
        Sums sums = new();
        await foreach (TestSuite suite in suites.ConfigureAwait(false)) sums.Add(suite);
        return sums.Figures;
    }

    private sealed class Sums
    {
        private readonly SortedDictionary<string, int> dropped = new(StringComparer.Ordinal), droppedTests = new(StringComparer.Ordinal);
        private int instructions, kept;
        private double consistency, tests;

        public SuiteFigures Figures => new(instructions, kept, kept > 0 ? consistency / kept : 0, kept > 0 ? tests / kept : 0, dropped, droppedTests);

        public void Add(TestSuite suite)
        {
            instructions++;
            foreach (DroppedTest test in suite.Dropped ?? []) Count(droppedTests, test.Reason);
            if (suite.DropReason is { } reason)
            {
                Count(dropped, reason);
                return;
            }

            kept++;
            consistency += suite.SelfConsistency ?? 0;
            tests += suite.Cases.Count;
        }

        private static void Count(SortedDictionary<string, int> reasons, string reason) => reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
    }
}
