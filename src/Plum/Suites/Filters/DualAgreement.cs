using Plum.Sandboxes;

namespace Plum.Suites.Filters;

/// <summary>
/// <c>codet</c>: dual execution agreement (CodeT, Chen et al., arXiv 2207.10397). Programs that pass exactly the same tests
/// are a cluster S with programs S_x and tests S_y; its score is f(S) = |S_x| |S_y| as the paper has it
/// (<see cref="SuiteOptions.ClusterScore"/> <c>product</c>) or sqrt(|S_x|) |S_y| as its code computes it (<c>root</c>). The tests of
/// the best cluster are kept, if <see cref="SuiteOptions.MinReferences"/> samples stand behind it.
/// A test here is an input with an answer that a reference gave to it; what the teacher claims makes it count more.
/// </summary>
internal static class DualAgreement
{
    public static TestFilter Row { get; } = new("codet", Vote);

    private static IReadOnlyList<InputVote> Vote(ProposedInputs inputs, IReadOnlyList<ReferenceRun> runs, SuiteOptions options)
    {
        AnsweredTest[] tests = AnsweredTest.Of(inputs, runs, options);
        (ReferenceRun[] Programs, AnsweredTest[] Tests)[] clusters = [.. runs
            .Where(run => run.Votes)
            .GroupBy(run => string.Join(' ', Enumerable.Range(0, tests.Length).Where(at => tests[at].Passes(run))))
            .Select(cluster => (cluster.ToArray(), tests.Where(test => test.Passes(cluster.First())).ToArray()))];
        (ReferenceRun[] programs, AnsweredTest[] passed) = clusters.Length == 0 ? ([], []) : clusters.MaxBy(cluster => Score(cluster.Programs, cluster.Tests, options));
        Dictionary<int, TypedValue> answers = passed.ToDictionary(test => test.Input, test => test.Answer);
        bool few = programs.Sum(run => run.Samples) < options.MinReferences;
        return [.. inputs.Calls.Select((input, at) =>
        {
            AnswerCount count = new(at, input, runs, options);
            TypedValue? answer = answers.GetValueOrDefault(at);
            string? reason = count.Favourite is null ? SuiteReasons.NoReferenceReturned
                : few ? SuiteReasons.FewReferencesReturned
                : answer is null ? SuiteReasons.Disagreement
                : null;
            return InputVote.Of(at, input, answer, count.Share(answer ?? count.Favourite), reason, options);
        })];
    }

    private static double Score(ReferenceRun[] programs, AnsweredTest[] tests, SuiteOptions options)
    {
        int count = programs.Sum(run => run.Samples);
        return (options.ClusterScore == "root" ? Math.Sqrt(count) : count) * tests.Sum(test => test.Weight);
    }
}
