using Plum.Evaluation.Benchmarks;
using Plum.Sandboxes;
using Plum.Verdicts;

namespace Plum.Evaluation.Judging;

/// <summary>
/// Judges a program by calls with known results: LiveCodeBench's functional tests. A tuple at the top counts as a list, and
/// numbers compare as Python's do. The strict mode also lets floats differ by rounding; LiveCodeBench does not.
/// </summary>
/// <param name="sandbox">Where programs run.</param>
internal sealed class CallJudge(PythonSandbox sandbox)
{
    private const int MostShown = 2_000;

    /// <summary>Judges one program.</summary>
    public async Task<SampleVerdict> JudgeAsync(Check.Calls check, string program, EvaluationMode mode, CancellationToken cancellation)
    {
        Limits limits = new(check.CpuMillisecondsPerCall, check.CpuMillisecondsPerCall * check.Inputs.Count, 10 * check.CpuMillisecondsPerCall, 4_096, 1 << 28);
        string entry = ReturnView.Of(check.EntryPoint, Wanted.Bare);
        ExecutionResult result = await sandbox.RunAsync(new(program, entry, check.Inputs, limits, StopAtFirstFailure: true), cancellation).ConfigureAwait(false);
        (SetStatus status, List<CaseOutcome> outcomes, SampleFailure? failure) = Judge(check, result, mode);
        SetStatus other = Judge(check, result, mode == EvaluationMode.Strict ? EvaluationMode.Parity : EvaluationMode.Strict).Status;
        return new(
            status,
            null,
            outcomes,
            failure,
            status == SetStatus.Pass ? null : result.SyntaxError ? FailureKind.Syntax : FailureKind.Of(outcomes[^1], failure?.Message),
            result.CpuMilliseconds,
            status == other ? null : new("base", mode == EvaluationMode.Parity ? status : other, mode == EvaluationMode.Strict ? status : other, "LiveCodeBench compares floats exactly"));
    }

    private static (SetStatus Status, List<CaseOutcome> Outcomes, SampleFailure? Failure) Judge(Check.Calls check, ExecutionResult result, EvaluationMode mode)
    {
        List<CaseOutcome> outcomes = new(check.Inputs.Count);
        for (int at = 0; at < check.Inputs.Count; at++)
        {
            CallResult? call = at < result.Calls.Count ? result.Calls[at] : null;
            TypedValue expected = check.Expected[at];
            outcomes.Add(CaseOutcomes.Of(result, at, one => one.Status == CallStatus.Returned && Same(one.Value!, expected, mode)));
            if (outcomes[^1] == CaseOutcome.Passed) continue;
            return (
                outcomes[^1] == CaseOutcome.Undecided ? SetStatus.Undecided : SetStatus.Fail,
                outcomes,
                new("base", at, Cut(check.Inputs[at].ToString()), PythonLiteral.Format(expected, MostShown),
                    call?.Value is { } value ? PythonLiteral.Format(value, MostShown) : null, call?.Exception ?? (call is null ? result.Message : null)));
        }

        return (SetStatus.Pass, outcomes, null);
    }

    private static bool Same(TypedValue got, TypedValue expected, EvaluationMode mode)
    {
        if (got is TypedValue.Tuple(var items) && expected is TypedValue.List) got = new TypedValue.List(items);
        return PythonEquality.Equal(got, expected) || mode == EvaluationMode.Strict && CloseFloats.Same(got, expected);
    }

    private static string Cut(string text) => text.Length > MostShown ? text[..MostShown] + "..." : text;
}
