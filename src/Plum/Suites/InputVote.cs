using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>What the references say about one input.</summary>
/// <param name="Input">The input's index.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Expected">The most frequent answer; null where there is none to keep.</param>
/// <param name="Agreement">Its share of the votes.</param>
/// <param name="DropReason">Why there is no test in it; null where there is.</param>
/// <param name="Denied">Whether the teacher claimed something else for it.</param>
internal sealed record InputVote(int Input, string Arguments, TypedValue? Expected, double Agreement, string? DropReason, bool Denied = false)
{
    /// <summary>Counts the votes.</summary>
    /// <param name="input">The input's index.</param>
    /// <param name="proposed">The call; what its teacher claims has a vote besides, for answers that the references gave.</param>
    /// <param name="runs">The references.</param>
    /// <param name="options">What is enough.</param>
    public static InputVote Count(int input, ProposedCall proposed, IReadOnlyList<ReferenceRun> runs, SuiteOptions options)
    {
        int returned = 0;
        double votes = options.ClaimWeight * proposed.Claims.Count, most = 0;
        Dictionary<TypedValue, double> answers = [];
        TypedValue? expected = null;
        foreach (ReferenceRun run in runs.Where(run => run.VotesOn(input)))
        {
            votes += run.Samples;
            if (run.Answer(input) is not { } answer) continue;
            returned += run.Samples;
            if (!answers.TryGetValue(answer, out double count)) count = options.ClaimWeight * proposed.Claims.Count(claim => Holds(claim, answer));
            count = answers[answer] = count + run.Samples;
            if (count <= most) continue;
            // Of answers with equal votes the first to have them stands, which only matters for the record.
            (most, expected) = (count, answer);
        }

        double agreement = votes > 0 ? most / votes : 0;
        bool denied = expected is not null && proposed.Claims.Any(claim => !Holds(claim, expected));
        string? reason = expected is null && !runs.Any(run => run.Violates(input)) ? SuiteReasons.NoReferenceReturned
            : agreement < options.Agreement && runs.Any(run => run.Violates(input)) ? SuiteReasons.PropertyViolated
            : returned < options.MinReferences ? SuiteReasons.FewReferencesReturned
            : agreement < options.Agreement ? denied ? SuiteReasons.TeacherDisagrees : SuiteReasons.Disagreement
            : Unfit(expected!, options);
        return new(input, proposed.Arguments, reason is null ? expected : null, agreement, reason, denied);
    }

    /// <summary>The test that it makes.</summary>
    public TestCase Case => new(Arguments, PythonLiteral.Format(Expected!));

    /// <summary>Whether a reference gives another answer than the one expected.</summary>
    /// <param name="run">The reference.</param>
    public bool Kills(ReferenceRun run) => !Expected!.Equals(run.Answer(Input));

    private static bool Holds(Expectation claim, TypedValue answer) => claim.Holds(new(CallStatus.Returned, answer));

    private static string? Unfit(TypedValue answer, SuiteOptions options)
    {
        string literal = PythonLiteral.Format(answer, options.MaxLength + 1);
        if (literal.Length > options.MaxLength) return SuiteReasons.TooLarge;
        return PythonLiteral.TryParse(literal, out TypedValue? back) && back.Equals(answer) ? null : SuiteReasons.NotALiteral;
    }
}
