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
/// <param name="PaperConsistency">The mean, over the instructions of which it is known, of the share of the teacher's whole answers whose own tests pass on
/// their own reference, as the paper counts; null where none was asked for.</param>
/// <param name="TeacherAgreement">How far several teachers agree, two by two, over the inputs of all instructions; null where there is one.</param>
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
    double? FalseFailSuites = null,
    double? PaperConsistency = null,
    IReadOnlyList<TeacherAgreement>? TeacherAgreement = null)
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
        private readonly SortedDictionary<(string, string), TeacherAgreement> pairs = [];
        private int papers;
        private double consistency, tests, paperConsistency;

        public SuiteFigures Figures => new(instructions, kept, kept > 0 ? consistency / kept : 0, kept > 0 ? tests / kept : 0, dropped, droppedTests)
        {
            PaperConsistency = papers > 0 ? paperConsistency / papers : null,
            TeacherAgreement = pairs.Count > 0 ? [.. pairs.Values] : null,
        };

        public void Add(TestSuite suite)
        {
            instructions++;
            foreach (DroppedTest test in suite.Dropped ?? []) Count(droppedTests, test.Reason);
            foreach (TeacherAgreement pair in suite.TeacherAgreement ?? []) Add(pair);
            if (suite.PaperConsistency is { } share)
            {
                papers++;
                paperConsistency += share;
            }

            if (suite.DropReason is { } reason)
            {
                Count(dropped, reason);
                return;
            }

            kept++;
            consistency += suite.SelfConsistency ?? 0;
            tests += suite.Cases.Count;
        }

        private void Add(TeacherAgreement pair)
        {
            (string, string) names = (pair.First, pair.Second);
            TeacherAgreement sum = pairs.GetValueOrDefault(names) ?? pair with { Inputs = 0, Agreed = 0 };
            pairs[names] = sum with { Inputs = sum.Inputs + pair.Inputs, Agreed = sum.Agreed + pair.Agreed };
        }

        private static void Count(SortedDictionary<string, int> reasons, string reason) => reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
    }
}
