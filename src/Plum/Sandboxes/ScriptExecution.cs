using System.Text;

namespace Plum.Sandboxes;

/// <summary>A program that reads its standard input and writes its standard output: real ones, whichever way it uses them.</summary>
/// <param name="Program">The program's text, run as <c>__main__</c>.</param>
/// <param name="StandardInput">What it reads.</param>
/// <param name="Limits">What it may use up; its output counts as its answer.</param>
public sealed record ScriptExecution(string Program, string StandardInput, Limits Limits);

/// <summary>What a script gave.</summary>
/// <param name="Status"><see cref="ExecutionStatus.ProgramFailed"/> where an exception was left uncaught; an exit is an end, whatever its code.</param>
/// <param name="Output">What it wrote to its standard output.</param>
/// <param name="Message">Its uncaught exception or what ended it, and what else it wrote to its standard error (cut); null for nothing.</param>
/// <param name="CpuMilliseconds">CPU time.</param>
public sealed record ScriptResult(ExecutionStatus Status, string Output, string? Message, double CpuMilliseconds);

/// <summary>Runs a script in a child whose standard input is a file in memory and whose standard output is the answer pipe.</summary>
internal static class ScriptRun
{
    /// <exception cref="JailException">The jail broke.</exception>
    public static ScriptResult Run(Jail jail, ScriptExecution execution, CancellationToken cancellation)
    {
        byte[] input = Encoding.UTF8.GetBytes(execution.StandardInput);
        byte[] frame = JobFrame.Of("script", execution.Program, "", writer => writer.Bytes(input), execution.Limits);
        Jail.Outcome outcome = jail.Run(frame, execution.Limits, execution.Limits.CpuMilliseconds, -1, cancellation);
        ReadOnlySpan<byte> written = outcome.Answers.Span;
        if (written.IsEmpty || written[0] != (byte)'S')
            throw new JailException("a child did not close its jail");
        string output = Encoding.UTF8.GetString(written[1..]);
        string complaint = Encoding.UTF8.GetString(outcome.Diagnostics.Span).Trim();
        ExecutionStatus status = outcome.TimedOut ? ExecutionStatus.TimedOut
            : outcome.TooLarge || (outcome.WaitStatus & 0x7F) != 0 ? ExecutionStatus.Crashed
            : outcome.WaitStatus == UncaughtException << 8 ? ExecutionStatus.ProgramFailed
            : ExecutionStatus.Completed;
        string? why = status switch
        {
            ExecutionStatus.TimedOut => "used up its time",
            ExecutionStatus.Crashed => outcome.TooLarge ? "wrote too much" : $"was ended by signal {outcome.WaitStatus & 0x7F}",
            _ => null,
        };
        string message = string.Join("; ", new[] { why, complaint }.Where(part => !string.IsNullOrEmpty(part)));
        return new(status, output, message.Length == 0 ? null : message, outcome.CpuMilliseconds);
    }

    /// <summary>The code with which program.py ends after an exception that nobody caught.</summary>
    private const int UncaughtException = 113;
}
