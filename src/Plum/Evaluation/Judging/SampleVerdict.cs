namespace Plum.Evaluation.Judging;

/// <summary>What became of one sample.</summary>
/// <param name="Base">Under the benchmark's own tests.</param>
/// <param name="Plus">Under EvalPlus's further tests, by themselves; null where there are none or they were not run.</param>
/// <param name="Outcomes">One a test, base then plus; each set ends at its first failure.</param>
/// <param name="FirstFailure">The first test that it did not pass; null where it passed all.</param>
/// <param name="Failure">The kind of failure, see <see cref="FailureKind"/>; null where it passed.</param>
/// <param name="CpuMilliseconds">CPU time of its processes.</param>
/// <param name="OtherMode">Whether the other mode says otherwise, and why; null where both agree.</param>
public sealed record SampleVerdict(
    SetStatus Base,
    SetStatus? Plus,
    IReadOnlyList<CaseOutcome> Outcomes,
    SampleFailure? FirstFailure,
    string? Failure,
    double CpuMilliseconds,
    Disagreement? OtherMode = null)
{
    /// <summary>True where it passes all the tests there are.</summary>
    public bool Passed => Base == SetStatus.Pass && Plus is null or SetStatus.Pass;

    /// <summary>True where the sandbox could not judge it.</summary>
    public bool Undecided => Base == SetStatus.Undecided || Plus == SetStatus.Undecided;
}

/// <summary>EvalPlus's words for a set of tests, and one for a sandbox that broke.</summary>
public enum SetStatus
{
    /// <summary>Every test passed.</summary>
    Pass,

    /// <summary>A test did not, or the program does not run.</summary>
    Fail,

    /// <summary>The program ended its process, or used up its time before the first test.</summary>
    Timeout,

    /// <summary>The sandbox broke.</summary>
    Undecided,
}

/// <summary>The first test that a sample did not pass.</summary>
/// <param name="Set"><c>base</c> or <c>plus</c>.</param>
/// <param name="Case">Its index within the set.</param>
/// <param name="Input">The arguments of the call, or the standard input; cut when long.</param>
/// <param name="Expected">What was expected; null where the test does not tell.</param>
/// <param name="Got">What came; null where nothing did.</param>
/// <param name="Message">The exception, or what else went wrong; null where a value came.</param>
public sealed record SampleFailure(string Set, int Case, string? Input, string? Expected, string? Got, string? Message);

/// <summary>A sample on which strict and parity mode differ.</summary>
/// <param name="Set"><c>base</c> or <c>plus</c>.</param>
/// <param name="Parity">Parity's status.</param>
/// <param name="Strict">Strict's status.</param>
/// <param name="Cause">Why, in a sentence.</param>
public sealed record Disagreement(string Set, SetStatus Parity, SetStatus Strict, string Cause);
