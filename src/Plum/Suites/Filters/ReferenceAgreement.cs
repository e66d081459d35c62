namespace Plum.Suites.Filters;

/// <summary>
/// <c>agreement</c>: each input by itself; its most frequent answer is believed where at least
/// <see cref="SuiteOptions.Agreement"/> of the voting references gave it and <see cref="SuiteOptions.MinReferences"/> returned.
/// </summary>
internal static class ReferenceAgreement
{
    public static TestFilter Row { get; } = new("agreement", (inputs, runs, options) =>
        [.. inputs.Calls.Select((input, at) => Vote(at, input, runs, options))]);

    private static InputVote Vote(int input, ProposedCall proposed, IReadOnlyList<ReferenceRun> runs, SuiteOptions options)
    {
        AnswerCount answers = new(input, proposed, runs, options);
        bool violated = runs.Any(run => run.Violates(input));
        double agreement = answers.Votes > 0 ? answers.Most / answers.Votes : 0;
        string? reason = answers.Favourite is null && !violated ? SuiteReasons.NoReferenceReturned
            : agreement < options.Agreement && violated ? SuiteReasons.PropertyViolated
            : answers.Returned < options.MinReferences ? SuiteReasons.FewReferencesReturned
            : agreement < options.Agreement ? proposed.Denies(answers.Favourite!) ? SuiteReasons.TeacherDisagrees : SuiteReasons.Disagreement
            : null;
        return InputVote.Of(input, proposed, answers.Favourite, agreement, reason, options);
    }
}
