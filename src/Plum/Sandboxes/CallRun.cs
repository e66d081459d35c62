using System.Text;

namespace Plum.Sandboxes;

/// <summary>
/// Runs the calls of one execution. One child makes them all; where a call ends the child, the calls after it go to
/// another, so that every call has its own result, until the program's CPU time is used up or three calls have done so.
/// </summary>
internal static class CallRun
{
    private const int MostLostChildren = 3;
    private const int MostText = 1_000;

    /// <exception cref="JailException">The jail broke.</exception>
    public static ExecutionResult Run(Jail jail, Execution execution, CancellationToken cancellation)
    {
        List<CallResult> results = new(execution.Calls.Count);
        double cpu = 0, peak = 0;
        ExecutionStatus status = ExecutionStatus.Completed;
        string? message = null;
        for (int lost = 0; ; lost++)
        {
            byte[] frame = Frame(execution, results.Count);
            Collector collector = new(execution, results);
            Jail.Outcome outcome = jail.Run(frame, execution.Limits, execution.Limits.CpuMilliseconds - cpu, execution.Calls.Count - results.Count, cancellation,
                execution.GoesOn is null ? null : () => collector.Read(jail.Answers));
            cpu += outcome.CpuMilliseconds;
            peak = Math.Max(peak, outcome.PeakMegabytes);
            if (collector.Read(outcome.Answers.Span))
                return Result(results, message);
            if (!collector.Started)
                throw new JailException("a child did not close its jail");
            if (collector.Failure is { } failure)
                return new(ExecutionStatus.ProgramFailed, [], failure, cpu) { SyntaxError = collector.SyntaxError, PeakMegabytes = peak };
            bool bodyRan = collector.BodyRan;
            bool stopped = execution.StopAtFirstFailure && results.Count > 0 && results[^1].Status != CallStatus.Returned;
            if (results.Count == execution.Calls.Count && bodyRan || stopped)
                return Result(results, message);

            // The child is gone and a call, or the body, is without an answer.
            CallStatus end = outcome.TimedOut ? CallStatus.TimedOut : CallStatus.Crashed;
            string why = outcome.TimedOut ? "used up its time" : outcome.TooLarge ? "answered too much" : Death(outcome.WaitStatus);
            status = end == CallStatus.TimedOut ? ExecutionStatus.TimedOut : ExecutionStatus.Crashed;
            message ??= why;
            if (!bodyRan && results.Count == 0)
                return Result([], why);
            if (results.Count == execution.Calls.Count)
                return Result(results, message);
            results.Add(new(end, null, why));
            if (execution.StopAtFirstFailure)
                return Result(results, message);
            if (lost + 1 == MostLostChildren || cpu >= execution.Limits.CpuMilliseconds)
                while (results.Count < execution.Calls.Count)
                    results.Add(new(end, null, "not made: calls before it " + why));
            if (results.Count == execution.Calls.Count)
                return Result(results, message);
        }

        ExecutionResult Result(List<CallResult> calls, string? why) => new(status, calls, why, cpu) { PeakMegabytes = peak };
    }

    /// <summary>What a program says about itself, as long as program.py would say it: it may have written the frame by its own hand.</summary>
    internal static string Text(ReadOnlySpan<byte> data) =>
        Encoding.UTF8.GetString(data[..Math.Min(data.Length, 4 * MostText)]) is var text && text.Length > MostText ? text[..MostText] : text;

    private static string Death(int waitStatus)
    {
        int signal = waitStatus & 0x7F;
        return signal == 0 ? $"ended its process with code {waitStatus >> 8 & 0xFF}" : $"was ended by signal {signal}";
    }

    private static byte[] Frame(Execution execution, int from) =>
        JobFrame.Of("calls", execution.Program, execution.EntryPoint, writer =>
        {
            writer.List(execution.Calls.Count - from);
            for (int at = from; at < execution.Calls.Count; at++)
                writer.Raw(execution.Calls[at].Marshalled);
        }, execution.Limits, execution.StopAtFirstFailure);

    /// <summary>Reads one child's answers into results, as they come.</summary>
    private sealed class Collector(Execution execution, List<CallResult> results)
    {
        private FrameReader frames;
        private bool over;
        private bool enough;

        public bool Started => frames.Started;

        public bool BodyRan { get; private set; }

        public bool SyntaxError { get; private set; }

        /// <summary>Why the body failed; null where it did not.</summary>
        public string? Failure { get; private set; }

        /// <summary>Reads what is new; true where whoever asked for the calls needs no more of them.</summary>
        public bool Read(ReadOnlySpan<byte> answers)
        {
            while (!over && frames.Next(answers, out char kind, out ReadOnlySpan<byte> data))
            {
                switch (kind)
                {
                    case 'Y' or 'X' when !BodyRan && results.Count == 0:
                        SyntaxError = kind == 'Y';
                        Failure = Text(data);
                        over = true;
                        return false;
                    case 'B':
                        BodyRan = true;
                        continue;
                }
                CallResult? result = !BodyRan || results.Count == execution.Calls.Count ? null : kind switch
                {
                    'V' when AnswerReader.Read(data) is { } value => new(CallStatus.Returned, value),
                    'O' => new(CallStatus.Returned, new TypedValue.Opaque(Text(data))),
                    'E' => new(CallStatus.Raised, null, Text(data)),
                    _ => null,
                };
                // What is no answer ends the reading: nothing behind it can be told apart.
                over = result is null;
                if (result is null)
                    return false;
                results.Add(result);
                if (execution.GoesOn?.Invoke(results.Count - 1, result) == false)
                    enough = over = true;
            }
            return enough;
        }
    }
}
