using Plum.Sandboxes;

namespace Plum.Suites.Filters;

/// <summary>
/// <c>none</c>: what the teacher claims first is taken on trust, and where it claims nothing what the first reference that
/// runs answers, whatever the others say. It is what filtering is compared with, and what a pipeline does that asks a teacher
/// for one solution and its tests.
/// </summary>
internal static class NoFilter
{
    public static TestFilter Row { get; } = new("none", Vote);

    private static IReadOnlyList<InputVote> Vote(ProposedInputs inputs, IReadOnlyList<ReferenceRun> runs, SuiteOptions options)
    {
        ReferenceRun? first = runs.FirstOrDefault(run => run.Votes);
        return [.. inputs.Calls.Select((input, at) =>
        {
            TypedValue? answer = input.Claims.OfType<Expectation.Equal>().FirstOrDefault()?.Value ?? first?.Answer(at);
            double agreement = new AnswerCount(at, input, runs, options).Share(answer);
            return InputVote.Of(at, input, answer, agreement, answer is null ? SuiteReasons.NoReferenceReturned : null, options);
        })];
    }
}
