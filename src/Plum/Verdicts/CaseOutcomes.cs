using Plum.Sandboxes;

namespace Plum.Verdicts;

/// <summary>What became of a test case, by what the sandbox tells of it and by whether the answer is right.</summary>
internal static class CaseOutcomes
{
    /// <summary>Of an execution as a whole.</summary>
    /// <param name="status">How it ended.</param>
    /// <param name="right">Whether what it gave is as expected; asked only where it ended well.</param>
    public static CaseOutcome Of(ExecutionStatus status, Func<bool>? right = null) => status switch
    {
        ExecutionStatus.SandboxError => CaseOutcome.Undecided,
        ExecutionStatus.TimedOut => CaseOutcome.TimedOut,
        ExecutionStatus.Crashed => CaseOutcome.Crashed,
        ExecutionStatus.Completed when right?.Invoke() == true => CaseOutcome.Passed,
        _ => CaseOutcome.Failed,
    };

    /// <summary>Of a call.</summary>
    /// <param name="call">What it gave.</param>
    /// <param name="right">Whether that is as expected; asked only of a call that returned or raised.</param>
    public static CaseOutcome Of(CallResult call, Func<CallResult, bool> right) => call.Status switch
    {
        CallStatus.TimedOut => CaseOutcome.TimedOut,
        CallStatus.Crashed => CaseOutcome.Crashed,
        _ => right(call) ? CaseOutcome.Passed : CaseOutcome.Failed,
    };

    /// <summary>Of a call of an execution, made or not.</summary>
    /// <param name="result">What the execution gave.</param>
    /// <param name="at">The call's index.</param>
    /// <param name="right">As for <see cref="Of(CallResult, Func{CallResult, bool})"/>.</param>
    public static CaseOutcome Of(ExecutionResult result, int at, Func<CallResult, bool> right) =>
        result.Status != ExecutionStatus.SandboxError && at < result.Calls.Count ? Of(result.Calls[at], right) : Of(result.Status);
}
