namespace Plum.Sandboxes;

/// <summary>
/// Runs a split execution: starts the judge in one jail and the candidate in another, carries the judge's calls over to
/// the candidate and its answers, read and found to be plain data, back.
/// </summary>
internal static class SplitRun
{
    /// <exception cref="JailException">One of the jails broke; both can only be disposed of.</exception>
    public static SplitResult Run(Judge judge, Jail candidates, SplitExecution execution, CancellationToken cancellation)
    {
        List<CaseOutcome> outcomes = new(execution.Tests.Count);
        string? message = null;
        double cpu = 0, judgeCpu = 0;
        do
        {
            Conversation conversation = new(judge, candidates, execution, outcomes.Count);
            string? end = conversation.Carry(outcomes, cancellation, out CaseOutcome fate);
            message ??= conversation.FirstFailure;
            cpu += conversation.CpuMilliseconds;
            judgeCpu += conversation.JudgeCpuMilliseconds;
            if (end is null)
                break;
            message ??= end;
            // The test under way lost its candidate; those after it get another, unless the body itself is to blame.
            int lost = conversation.BodyRan && cpu < execution.Limits.CpuMilliseconds ? 1 : execution.Tests.Count - outcomes.Count;
            for (; lost > 0; lost--)
                outcomes.Add(fate);
        }
        while (outcomes.Count < execution.Tests.Count && !(execution.StopAtFirstFailure && outcomes[^1] != CaseOutcome.Passed));
        if (execution.StopAtFirstFailure && outcomes.FindIndex(outcome => outcome != CaseOutcome.Passed) is var first && first >= 0)
            outcomes.RemoveRange(first + 1, outcomes.Count - first - 1);
        return new(outcomes, message, cpu, judgeCpu);
    }

    /// <summary>One judge and one candidate, from the first test that is left to the end of either.</summary>
    private sealed class Conversation
    {
        private const int MostStartMilliseconds = 30_000;

        private readonly Judge judge;
        private readonly Jail candidates;
        private readonly SplitExecution execution;
        private FrameReader questions;
        private FrameReader replies;
        private bool asked;
        private double cpuAtCall;
        private double wallAtCall;

        public Conversation(Judge judge, Jail candidates, SplitExecution execution, int from)
        {
            (this.judge, this.candidates, this.execution) = (judge, candidates, execution);
            candidates.ForgetRequests();
            candidates.Begin(JobFrame.Of("serve", execution.Program, execution.EntryPoint, writer => writer.Boolean(false), execution.Limits));
            questions = judge.Begin(execution, from);
        }

        public bool BodyRan { get; private set; }

        public string? FirstFailure { get; private set; }

        public double CpuMilliseconds { get; private set; }

        public double JudgeCpuMilliseconds { get; private set; }

        /// <summary>Carries calls and answers until the tests are through (null) or the candidate is at its end (why, and what that means).</summary>
        public string? Carry(List<CaseOutcome> outcomes, CancellationToken cancellation, out CaseOutcome fate)
        {
            string? end = null;
            fate = CaseOutcome.Undecided;
            Span<LinuxCalls.PollDescriptor> waiting =
            [
                new(judge.Jail.Waited.Control, LinuxCalls.PollIn), new(judge.Jail.Waited.Answers, LinuxCalls.PollIn),
                new(candidates.Waited.Control, LinuxCalls.PollIn), new(candidates.Waited.Answers, LinuxCalls.PollIn),
            ];
            try
            {
                while (end is null && !cancellation.IsCancellationRequested)
                {
                    LinuxCalls.Poll(waiting, 20);
                    judge.Jail.Drain(int.MaxValue);
                    candidates.Drain(execution.Limits.AnswerBytes);
                    end = Ask(outcomes, ref fate) ?? Reply(ref fate);
                    if (outcomes.Count == execution.Tests.Count || execution.StopAtFirstFailure && FirstFailure is not null)
                        return null;
                    end ??= Ended(waiting[0].Returned != 0, waiting[2].Returned != 0, ref fate);
                }
            }
            finally
            {
                JudgeCpuMilliseconds = judge.CpuMilliseconds;
                if (outcomes.Count < execution.Tests.Count)
                    judge.End();
                candidates.KillChild();
                CpuMilliseconds = candidates.Finish(execution.Limits, false).CpuMilliseconds;
            }
            cancellation.ThrowIfCancellationRequested();
            return end;
        }

        /// <summary>What the judge wrote: calls to carry over, and outcomes.</summary>
        private string? Ask(List<CaseOutcome> outcomes, ref CaseOutcome fate)
        {
            while (questions.Next(judge.Jail.Answers, out char kind, out ReadOnlySpan<byte> data))
            {
                switch (kind)
                {
                    case 'C':
                        asked = true;
                        cpuAtCall = Math.Max(0, candidates.CpuMilliseconds);
                        wallAtCall = candidates.WallMilliseconds;
                        if (!candidates.Request('C', data))
                        {
                            fate = CaseOutcome.Crashed;
                            return "took no call";
                        }
                        break;
                    case 'P':
                        outcomes.Add(CaseOutcome.Passed);
                        break;
                    case 'F':
                        outcomes.Add(CaseOutcome.Failed);
                        FirstFailure ??= CallRun.Text(data);
                        break;
                    case 'X':
                        fate = CaseOutcome.Undecided;
                        return "the prelude failed: " + CallRun.Text(data);
                }
            }
            return null;
        }

        /// <summary>What the candidate wrote: answers to carry back once they are found to be plain data.</summary>
        private string? Reply(ref CaseOutcome fate)
        {
            if (!replies.Started && !candidates.Answers.IsEmpty)
                wallAtCall = candidates.WallMilliseconds;
            while (replies.Next(candidates.Answers, out char kind, out ReadOnlySpan<byte> data))
            {
                switch (kind)
                {
                    case 'Y' or 'X' when !BodyRan:
                        fate = CaseOutcome.Failed;
                        return CallRun.Text(data);
                    case 'B':
                        BodyRan = true;
                        break;
                    case 'V' when asked && AnswerReader.Read(data) is not null:
                    case 'O' or 'E' when asked:
                        asked = false;
                        if (!judge.Jail.Request(kind, data))
                            throw new JailException("a judge took no answer");
                        break;
                    default:
                        fate = CaseOutcome.Crashed;
                        return "wrote an answer that is none";
                }
            }
            return null;
        }

        private string? Ended(bool judgeEnded, bool candidateEnded, ref CaseOutcome fate)
        {
            if (judgeEnded && !questions.Started || candidateEnded && !replies.Started)
                throw new JailException("a child did not close its jail");
            double cpu = candidates.CpuMilliseconds;
            // Until the program starts, the time is the jail's own.
            if (!replies.Started && !judgeEnded)
                return candidates.WallMilliseconds < MostStartMilliseconds ? null : throw new JailException("a child does not start");
            fate = CaseOutcome.TimedOut;
            if (cpu >= execution.Limits.CpuMilliseconds || cpu - cpuAtCall >= execution.Limits.CallCpuMilliseconds
                || candidates.WallMilliseconds - wallAtCall >= execution.Limits.WallMilliseconds
                || candidates.WallMilliseconds >= Limits.MostWalls * execution.Limits.WallMilliseconds)
                return "used up its time";
            if (judge.Exhausted)
                return "gave answers on which the test used up its time";
            fate = CaseOutcome.Crashed;
            if (candidates.Answers.Length > execution.Limits.AnswerBytes)
                return "answered too much";
            if (candidateEnded)
                return "ended its process";
            fate = CaseOutcome.Undecided;
            return judgeEnded ? "the test ended its own process" : null;
        }
    }
}
