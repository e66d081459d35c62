namespace Plum.Evaluation;

/// <summary>Why a candidate did not pass, in a word: one of those below, or the type of the exception it raised.</summary>
public static class FailureKind
{
    /// <summary>It returned something else.</summary>
    public const string WrongAnswer = "wrong_answer";

    /// <summary>It used up its time.</summary>
    public const string Timeout = "timeout";

    /// <summary>It does not parse.</summary>
    public const string Syntax = "syntax";

    /// <summary>Its language's compiler refuses it.</summary>
    public const string DoesNotBuild = "does_not_build";

    /// <summary>There is no program in the completion.</summary>
    public const string NoProgram = "no_program";

    /// <summary>Its process ended without an answer.</summary>
    public const string Crashed = "crashed";

    /// <summary>The sandbox could not judge it: not the program's failure.</summary>
    public const string Undecided = "undecided";

    /// <summary>Names the failure of a candidate.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="verdict">Its verdict.</param>
    /// <returns>The kind, or null where it passed.</returns>
    public static string? Of(Candidate candidate, Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(verdict);
        if (verdict.Passed) return null;
        if (verdict.Undecided) return Undecided;
        if (candidate.Program.Length == 0) return NoProgram;
        if (verdict.CanonicalForm is null) return Syntax;
        return Of(verdict.Outcomes.FirstOrDefault(outcome => outcome != CaseOutcome.Passed, CaseOutcome.Failed), verdict.FirstFailure?.Exception);
    }

    /// <summary>Names the failure of one test.</summary>
    /// <param name="outcome">What became of it; not a pass.</param>
    /// <param name="exception">The exception, <c>TypeError: ...</c>; null where none was raised.</param>
    public static string Of(CaseOutcome outcome, string? exception) => outcome switch
    {
        CaseOutcome.Undecided => Undecided,
        CaseOutcome.TimedOut => Timeout,
        CaseOutcome.Crashed => Crashed,
        _ when exception is not null => TypeOf(exception),
        _ => WrongAnswer,
    };

    /// <summary>True where an exception says that the program is not Python.</summary>
    /// <param name="exception">The exception, <c>SyntaxError: ...</c>; null where none was raised.</param>
    public static bool IsSyntax(string? exception) => exception is not null && TypeOf(exception) is "SyntaxError" or "IndentationError" or "TabError";

    private static string TypeOf(string exception)
    {
        int colon = exception.IndexOf(':', StringComparison.Ordinal);
        return (colon < 0 ? exception : exception[..colon]).Trim();
    }
}
