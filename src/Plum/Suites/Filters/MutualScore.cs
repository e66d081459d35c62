namespace Plum.Suites.Filters;

/// <summary>
/// <c>pagerank</c>: programs and tests score each other (CodeDPO, Zhang et al., arXiv 2410.05605). All begin with 1; then
/// <see cref="SuiteOptions.Iterations"/> times, with d = <see cref="SuiteOptions.Damping"/> and Link = 1 where a program passes a test:
/// Score_t(c) = (1 - d) Score_{t-1}(c) + d sum over tests of Score_{t-1}(test) Link, and the same for tests over programs.
/// The answers of the best program become tests where their score is at least <see cref="SuiteOptions.TestScore"/> of the best
/// test's. A program counts once for each sample that was it, a test once more for what the teacher claims.
/// </summary>
internal static class MutualScore
{
    public static TestFilter Row { get; } = new("pagerank", Vote);

    private static IReadOnlyList<InputVote> Vote(ProposedInputs inputs, IReadOnlyList<ReferenceRun> runs, SuiteOptions options)
    {
        AnsweredTest[] tests = AnsweredTest.Of(inputs, runs, options);
        ReferenceRun[] programs = [.. runs.Where(run => run.Votes)];
        (double[] ofPrograms, double[] ofTests) = Scores(programs, tests, options);
        ReferenceRun? best = programs.Length == 0 ? null : programs[Array.IndexOf(ofPrograms, ofPrograms.Max())];
        double least = options.TestScore * ofTests.DefaultIfEmpty().Max();
        return [.. inputs.Calls.Select((input, at) =>
        {
            AnswerCount count = new(at, input, runs, options);
            int test = best is null ? -1 : Array.FindIndex(tests, one => one.Input == at && one.Passes(best));
            string? reason = count.Favourite is null ? SuiteReasons.NoReferenceReturned
                : test < 0 || ofTests[test] < least ? SuiteReasons.Disagreement
                : null;
            return InputVote.Of(at, input, test < 0 ? null : tests[test].Answer, count.Share(test < 0 ? count.Favourite : tests[test].Answer), reason, options);
        })];
    }

    /// <summary>The scores of programs and of tests.</summary>
    internal static (double[] Programs, double[] Tests) Scores(IReadOnlyList<ReferenceRun> programs, IReadOnlyList<AnsweredTest> tests, SuiteOptions options)
    {
        double d = options.Damping;
        double[] ofPrograms = [.. programs.Select(_ => 1.0)], ofTests = [.. tests.Select(_ => 1.0)];
        bool[][] links = [.. programs.Select(program => tests.Select(test => test.Passes(program)).ToArray())];
        for (int iteration = 0; iteration < options.Iterations; iteration++)
        {
            (ofPrograms, ofTests) =
            (
                [.. ofPrograms.Select((score, program) => (1 - d) * score + d * ofTests.Select((one, test) => links[program][test] ? tests[test].Weight * one : 0).Sum())],
                [.. ofTests.Select((score, test) => (1 - d) * score + d * ofPrograms.Select((one, program) => links[program][test] ? programs[program].Samples * one : 0).Sum())]
            );
        }

        return (ofPrograms, ofTests);
    }
}
