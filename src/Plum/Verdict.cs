namespace Plum;

/// <summary>What happened to one test case of one program.</summary>
public enum CaseOutcome
{
    /// <summary>The program returned the expected value, type for type.</summary>
    Passed,

    /// <summary>It returned another value, or raised.</summary>
    Failed,

    /// <summary>It used up its CPU time or, asleep, the loose wall limit.</summary>
    TimedOut,

    /// <summary>Its process ended without an answer: memory, a signal, an exit.</summary>
    Crashed,

    /// <summary>The sandbox broke. Never counted as the program's failure.</summary>
    Undecided,
}

/// <summary>Candidate times suite: how a program fared.</summary>
/// <param name="TaskId">The instruction's id.</param>
/// <param name="Sample">The candidate's sample number.</param>
/// <param name="Passed">True where every case passed and there was at least one.</param>
/// <param name="Outcomes">One per case that was run, in the suite's order; shorter than the suite after a stop at the first failure.</param>
/// <param name="FirstFailure">The first case that did not pass; null where all did.</param>
/// <param name="CanonicalForm">A hash of the program's syntax tree; equal for programs that differ in layout or comments only. Null where it does not parse.</param>
/// <param name="CpuMilliseconds">CPU time of the program over all its cases.</param>
/// <param name="SandboxLevel">Which layers of isolation were on.</param>
public sealed record Verdict(
    string TaskId,
    int Sample,
    bool Passed,
    IReadOnlyList<CaseOutcome> Outcomes,
    FirstFailure? FirstFailure,
    string? CanonicalForm,
    double CpuMilliseconds,
    string SandboxLevel)
{
    /// <summary>True where the sandbox could not judge: such a verdict trains nothing and counts for nothing.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool Undecided => Outcomes.Contains(CaseOutcome.Undecided);
}

/// <summary>The first test case that a program did not pass.</summary>
/// <param name="Case">Its index in the suite.</param>
/// <param name="Arguments">The call's arguments.</param>
/// <param name="Expected">The value expected, a Python literal.</param>
/// <param name="Got">The value returned, a Python literal (cut when long); null where none was.</param>
/// <param name="Exception">The exception raised, <c>TypeError: ...</c>; null where none was.</param>
public sealed record FirstFailure(int Case, string Arguments, string Expected, string? Got, string? Exception);
