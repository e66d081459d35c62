using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>A distinct reference program and what it did on all inputs.</summary>
/// <param name="Program">The program.</param>
/// <param name="Samples">How many of the teacher's samples were it: so many votes it has.</param>
/// <param name="Result">What its execution gave.</param>
internal sealed record ReferenceRun(string Program, int Samples, ExecutionResult Result)
{
    /// <summary>True where the sandbox broke: it is evidence of nothing.</summary>
    public bool Undecided => Result.Status == ExecutionStatus.SandboxError;

    /// <summary>
    /// True where the program could be called. One that does not parse or whose body fails knows no answer and has no vote; one
    /// that raises on an input has, against every answer.
    /// </summary>
    public bool Votes => !Undecided && Result.Calls.Count > 0 && Result.Status != ExecutionStatus.ProgramFailed;

    /// <summary>True where it used up its time in its body or in a call.</summary>
    public bool TimedOut => Result.Status == ExecutionStatus.TimedOut || Result.Calls.Any(call => call.Status == CallStatus.TimedOut);

    /// <summary>What it returned for an input; null where it did not.</summary>
    /// <param name="input">The input's index.</param>
    public TypedValue? Answer(int input) =>
        input < Result.Calls.Count && Result.Calls[input] is { Status: CallStatus.Returned, Value: { } value } ? value : null;
}
