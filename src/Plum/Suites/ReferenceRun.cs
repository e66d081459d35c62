using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>What a program is run for.</summary>
internal enum ReferenceRole
{
    /// <summary>It solves the instruction: it votes, and its samples count for the teacher's consistency.</summary>
    Reference,

    /// <summary>It solves small inputs slowly and surely: it votes where it returns and abstains elsewhere.</summary>
    BruteForce,
}

/// <summary>A distinct reference program and what it did on all inputs.</summary>
/// <param name="Program">The program.</param>
/// <param name="Samples">How many of the teacher's samples were it: so many votes it has.</param>
/// <param name="Result">What its execution gave.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Violations">The inputs whose answers of this program violate a property that is believed; null for none. It has no answer there.</param>
internal sealed record ReferenceRun(
    string Program, int Samples, ExecutionResult Result, ReferenceRole Role = ReferenceRole.Reference, IReadOnlySet<int>? Violations = null)
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

    /// <summary>Whether it says nothing about an input: brute force that did not return was too slow.</summary>
    /// <param name="input">The input's index.</param>
    public bool Abstains(int input) => Role == ReferenceRole.BruteForce && Returned(input) is null;

    /// <summary>Whether it has a vote about an input.</summary>
    /// <param name="input">The input's index.</param>
    public bool VotesOn(int input) => Votes && !Abstains(input);

    /// <summary>What it answers an input; null where it did not return, or returned what violates a property.</summary>
    /// <param name="input">The input's index.</param>
    public TypedValue? Answer(int input) => Violates(input) ? null : Returned(input);

    /// <summary>Whether its answer to an input violates a property that is believed.</summary>
    /// <param name="input">The input's index.</param>
    public bool Violates(int input) => Violations?.Contains(input) == true;

    /// <summary>What it returned for an input, right or wrong; null where it did not.</summary>
    /// <param name="input">The input's index.</param>
    public TypedValue? Returned(int input) =>
        input < Result.Calls.Count && Result.Calls[input] is { Status: CallStatus.Returned, Value: { } value } ? value : null;
}
