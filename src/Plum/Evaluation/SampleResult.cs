using Plum.Evaluation.Judging;

namespace Plum.Evaluation;

/// <summary>A line of <c>results.jsonl</c>: one sample's result.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Sample">Which of the task's samples, from 0.</param>
/// <param name="Passed">Whether it passes all the tests there are.</param>
/// <param name="Outcomes">One a test, base then plus; each set ends at its first failure.</param>
/// <param name="FirstFailure">The first test that it did not pass; null where it passed all.</param>
/// <param name="Base">EvalPlus's word for the benchmark's own tests.</param>
/// <param name="Plus">EvalPlus's word for its further tests, by themselves; null where there are none or they were not run.</param>
/// <param name="Failure">The kind of failure; null where it passed.</param>
/// <param name="OtherMode">Where the other mode says otherwise, and why; null where both agree.</param>
/// <param name="CpuMilliseconds">CPU time of its processes.</param>
/// <param name="Solution">The program that was run.</param>
public sealed record SampleResult(
    string TaskId,
    int Sample,
    bool Passed,
    IReadOnlyList<CaseOutcome> Outcomes,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)] SampleFailure? FirstFailure,
    SetStatus Base,
    SetStatus? Plus,
    string? Failure,
    Disagreement? OtherMode,
    double CpuMilliseconds,
    string Solution)
{
    /// <summary>True where the sandbox could not judge it.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool Undecided => Base == SetStatus.Undecided || Plus == SetStatus.Undecided;

    internal static SampleResult Of(Sample sample, SampleVerdict verdict) => new(
        sample.TaskId, sample.Number, verdict.Passed, verdict.Outcomes, verdict.FirstFailure, verdict.Base, verdict.Plus, verdict.Failure, verdict.OtherMode,
        Math.Round(verdict.CpuMilliseconds, 2), sample.Program);
}
