namespace Plum.Sandboxes;

/// <summary>How an execution as a whole ended.</summary>
public enum ExecutionStatus
{
    /// <summary>The program's body ran and every call that was asked for was made.</summary>
    Completed,

    /// <summary>The program is not Python, or its body raised, or it has no such entry point: no call was made.</summary>
    ProgramFailed,

    /// <summary>CPU or wall time was used up.</summary>
    TimedOut,

    /// <summary>The process ended before it had answered: a signal, an exit, an answer too large.</summary>
    Crashed,

    /// <summary>The sandbox broke, after its own retries. Says nothing about the program.</summary>
    SandboxError,
}

/// <summary>What happened to one call.</summary>
public enum CallStatus
{
    /// <summary>The call returned.</summary>
    Returned,

    /// <summary>The call, or the body before it, raised.</summary>
    Raised,

    /// <summary>Its time was used up.</summary>
    TimedOut,

    /// <summary>The process ended during the call.</summary>
    Crashed,
}

/// <summary>What one call gave.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Value">What it returned; null unless it did.</param>
/// <param name="Exception">What it raised, <c>TypeError: ...</c>, or why there is no answer; null where it returned.</param>
public sealed record CallResult(CallStatus Status, TypedValue? Value = null, string? Exception = null);

/// <summary>What an execution gave.</summary>
/// <param name="Status">How it ended as a whole.</param>
/// <param name="Calls">One result per call, in order; fewer after a stop at the first failure or a sandbox error.</param>
/// <param name="Message">The body's exception, or what broke in the sandbox; null where there is nothing to say.</param>
/// <param name="CpuMilliseconds">CPU time of the program's processes, the jail's closing around them included.</param>
public sealed record ExecutionResult(
    ExecutionStatus Status,
    IReadOnlyList<CallResult> Calls,
    string? Message,
    double CpuMilliseconds)
{
    /// <summary>True where the program is not Python at all.</summary>
    public bool SyntaxError { get; init; }

    /// <summary>The most memory that one of its processes held at once, in MiB.</summary>
    public double PeakMegabytes { get; init; }
}
