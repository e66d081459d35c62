using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>What a filter says about one input.</summary>
/// <param name="Input">The input's index.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Expected">The answer that is believed; null where there is none to keep.</param>
/// <param name="Agreement">The share of the votes for it, or for the most frequent answer where none is believed.</param>
/// <param name="DropReason">Why there is no test in it; null where there is.</param>
/// <param name="Denied">Whether the teacher claimed something else for it.</param>
internal sealed record InputVote(int Input, string Arguments, TypedValue? Expected, double Agreement, string? DropReason, bool Denied = false)
{
    /// <summary>A vote whose answer also has to be fit to be written down.</summary>
    /// <param name="input">The input's index.</param>
    /// <param name="proposed">The call, and what its teacher claims.</param>
    /// <param name="expected">The answer; null only where there is a reason.</param>
    /// <param name="agreement">Its share of the votes.</param>
    /// <param name="reason">Why the filter does not believe it; null where it does.</param>
    /// <param name="options">How long an answer may be.</param>
    public static InputVote Of(int input, ProposedCall proposed, TypedValue? expected, double agreement, string? reason, SuiteOptions options)
    {
        reason ??= Unfit(expected!, options);
        return new(input, proposed.Arguments, reason is null ? expected : null, agreement, reason, expected is not null && proposed.Denies(expected));
    }

    /// <summary>The test that it makes.</summary>
    public TestCase Case => new(Arguments, PythonLiteral.Format(Expected!));

    /// <summary>Whether a reference gives another answer than the one expected.</summary>
    /// <param name="run">The reference.</param>
    public bool Kills(ReferenceRun run) => !run.Abstains(Input) && !Expected!.Equals(run.Answer(Input));

    /// <summary>Why an answer cannot be an expected value; null where it can.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="options">How long it may be.</param>
    public static string? Unfit(TypedValue answer, SuiteOptions options)
    {
        string literal = PythonLiteral.Format(answer, options.MaxLength + 1);
        if (literal.Length > options.MaxLength) return SuiteReasons.TooLarge;
        return PythonLiteral.TryParse(literal, out TypedValue? back) && back.Equals(answer) ? null : SuiteReasons.NotALiteral;
    }

    private static bool Holds(Expectation claim, TypedValue answer) => claim.Holds(new(CallStatus.Returned, answer));
}
