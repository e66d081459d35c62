using Plum.Evaluation.Benchmarks;
using Plum.Sandboxes;

namespace Plum.Evaluation.Judging;

/// <summary>
/// Judges a program by a canonical solution's outputs, base and plus inputs in processes of their own, as EvalPlus does.
/// Both modes are decided from one run, so that where they differ can be said without another.
/// </summary>
/// <param name="sandbox">Where programs run.</param>
/// <param name="expected">What canonical solutions returned.</param>
internal sealed class DifferentialJudge(PythonSandbox sandbox, ExpectedOutputs expected)
{
    // EvalPlus: a call may take max(4 s, 4 x the canonical solution's time), a set of tests min(60 s, their sum) + 2 s, memory 4 GiB.
    private const double LeastCallMilliseconds = 4_000, Factor = 4, MostMilliseconds = 60_000, Extra = 2_000;
    private const int MemoryMegabytes = 4_096, AnswerBytes = 1 << 28, MostShown = 2_000;

    /// <summary>Judges one program.</summary>
    public async Task<SampleVerdict> JudgeAsync(string taskId, Check.Differential check, string program, EvaluationMode mode, CancellationToken cancellation)
    {
        Expected right = await expected.OfAsync(taskId, check, cancellation).ConfigureAwait(false);
        SetResult ofBase = await RunAsync("base", check, program, check.Base, right.Base, mode, cancellation).ConfigureAwait(false);
        // Parity tells the plus tests' verdict by itself, also where the base tests fail.
        SetResult? ofPlus = check.Plus.Count == 0 && (mode == EvaluationMode.Strict || !check.HasPlus) || mode == EvaluationMode.Strict && ofBase.Status(mode) != SetStatus.Pass
            ? null
            : await RunAsync("plus", check, program, check.Plus, right.Plus, mode, cancellation).ConfigureAwait(false);
        SetResult first = ofBase.Status(mode) != SetStatus.Pass || ofPlus is null ? ofBase : ofPlus;
        return new(
            ofBase.Status(mode),
            ofPlus?.Status(mode) ?? (check.HasPlus && ofBase.Status(mode) != SetStatus.Pass ? ofBase.Status(mode) : null),
            [.. ofBase.Outcomes(mode), .. ofPlus?.Outcomes(mode) ?? []],
            first.Failure(mode),
            first.Kind(mode),
            ofBase.CpuMilliseconds + (ofPlus?.CpuMilliseconds ?? 0),
            ofBase.Disagreement ?? ofPlus?.Disagreement);
    }

    private async Task<SetResult> RunAsync(
        string set, Check.Differential check, string program, IReadOnlyList<Call> calls, IReadOnlyList<Answer> right, EvaluationMode mode, CancellationToken cancellation)
    {
        string entry = ReturnView.Of(check.EntryPoint, ExpectedOutputs.Needs(check), mode == EvaluationMode.Parity);
        ExecutionResult result = await sandbox.RunAsync(new(program, entry, calls, LimitsOf(right), StopAtFirstFailure: true), cancellation).ConfigureAwait(false);
        return new SetResult(set, check, calls, right, result);
    }

    private static Limits LimitsOf(IReadOnlyList<Answer> right)
    {
        double slowest = 0, sum = 0;
        foreach (Answer answer in right)
        {
            double limit = Math.Max(LeastCallMilliseconds, Factor * answer.CpuMilliseconds);
            slowest = Math.Max(slowest, limit);
            sum += limit;
        }

        int all = (int)(Math.Min(MostMilliseconds, sum) + Extra);
        return new((int)Math.Max(slowest, Extra), all, 10 * all, MemoryMegabytes, AnswerBytes);
    }

    /// <summary>One set of tests, in both modes.</summary>
    private sealed class SetResult
    {
        private readonly string set;
        private readonly ExecutionResult result;
        private readonly Side parity;
        private readonly Side strict;

        public SetResult(string set, Check.Differential check, IReadOnlyList<Call> calls, IReadOnlyList<Answer> right, ExecutionResult result)
        {
            this.set = set;
            this.result = result;
            ParityComparison theirs = new(check);
            StrictComparison ours = new(check);
            parity = new(set, check, calls, right, result, theirs.Accepts);
            strict = new(set, check, calls, right, result, ours.Accepts);
            if (parity.Status != strict.Status)
                Disagreement = new(set, parity.Status, strict.Status, DisagreementCause.Of(check, parity.FailedAt, strict.FailedAt, right, result));
        }

        public Disagreement? Disagreement { get; }

        public double CpuMilliseconds => result.CpuMilliseconds;

        public SetStatus Status(EvaluationMode mode) => Of(mode).Status;

        public IReadOnlyList<CaseOutcome> Outcomes(EvaluationMode mode) => Of(mode).Outcomes;

        public SampleFailure? Failure(EvaluationMode mode) => Of(mode).Failure;

        public string? Kind(EvaluationMode mode) => Of(mode).Kind;

        private Side Of(EvaluationMode mode) => mode == EvaluationMode.Parity ? parity : strict;
    }

    /// <summary>One set of tests in one mode.</summary>
    private sealed class Side
    {
        public Side(string set, Check.Differential check, IReadOnlyList<Call> calls, IReadOnlyList<Answer> right, ExecutionResult result, Func<Call, Answer, Answer, bool> accepts)
        {
            List<CaseOutcome> outcomes = new(result.Calls.Count);
            FailedAt = -1;
            for (int at = 0; at < result.Calls.Count && FailedAt < 0; at++)
            {
                CallResult call = result.Calls[at];
                Answer? got = call.Value is { } value ? ReturnView.Read(value) : null;
                outcomes.Add(call.Status switch
                {
                    CallStatus.TimedOut => CaseOutcome.TimedOut,
                    CallStatus.Crashed => CaseOutcome.Crashed,
                    CallStatus.Returned when accepts(calls[at], got!, right[at]) => CaseOutcome.Passed,
                    _ => CaseOutcome.Failed,
                });
                if (outcomes[^1] == CaseOutcome.Passed) continue;
                FailedAt = at;
                Failure = new(set, at, Cut(calls[at].ToString()), Cut(PythonLiteral.Format(right[at].Value, MostShown)), got is null ? null : PythonLiteral.Format(got.Value, MostShown), call.Exception);
                Kind = FailureKind.Of(outcomes[^1], call.Exception);
            }

            bool whole = FailedAt < 0 && result.Status == ExecutionStatus.Completed && outcomes.Count == calls.Count;
            Status = result.Status == ExecutionStatus.SandboxError ? SetStatus.Undecided
                : whole ? SetStatus.Pass
                : FailedAt >= 0 && outcomes[FailedAt] != CaseOutcome.Crashed || result.Status == ExecutionStatus.ProgramFailed ? SetStatus.Fail
                : SetStatus.Timeout;
            if (Status != SetStatus.Pass && FailedAt < 0)
            {
                // The body failed, or the sandbox: no call is to blame.
                outcomes.Add(result.Status switch
                {
                    ExecutionStatus.SandboxError => CaseOutcome.Undecided,
                    ExecutionStatus.TimedOut => CaseOutcome.TimedOut,
                    ExecutionStatus.Crashed => CaseOutcome.Crashed,
                    _ => CaseOutcome.Failed,
                });
                Failure = new(set, 0, calls.Count > 0 ? Cut(calls[0].ToString()) : null, right.Count > 0 ? Cut(PythonLiteral.Format(right[0].Value, MostShown)) : null, null, result.Message);
                Kind = result.SyntaxError ? FailureKind.Syntax : FailureKind.Of(outcomes[^1], result.Message);
            }

            Outcomes = outcomes;
        }

        public SetStatus Status { get; }

        public int FailedAt { get; }

        public IReadOnlyList<CaseOutcome> Outcomes { get; }

        public SampleFailure? Failure { get; }

        public string? Kind { get; }
    }

    private static string Cut(string text) => text.Length > MostShown ? text[..MostShown] + "..." : text;
}
