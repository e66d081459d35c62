using Plum.Evaluation.Benchmarks;
using Plum.Sandboxes;
using Plum.Verdicts;

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
        SetResult seen = new(set, check, calls, right);
        seen.Close(await sandbox.RunAsync(new(program, entry, calls, LimitsOf(right), StopAtFirstFailure: true, seen.GoesOn), cancellation).ConfigureAwait(false));
        return seen;
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
    private sealed class SetResult(string set, Check.Differential check, IReadOnlyList<Call> calls, IReadOnlyList<Answer> right)
    {
        private Side? parity;
        private Side? strict;

        public Disagreement? Disagreement { get; private set; }

        public double CpuMilliseconds { get; private set; }

        public SetStatus Status(EvaluationMode mode) => Of(mode).Status;

        public IReadOnlyList<CaseOutcome> Outcomes(EvaluationMode mode) => Of(mode).Outcomes;

        public SampleFailure? Failure(EvaluationMode mode) => Of(mode).Failure;

        public string? Kind(EvaluationMode mode) => Of(mode).Kind;

        /// <summary>Compares an answer as it comes; false where neither mode needs more. A jail that broke begins again at 0.</summary>
        public bool GoesOn(int at, CallResult call)
        {
            if (at == 0) Begin();
            parity!.See(at, call);
            strict!.See(at, call);
            return parity.FailedAt < 0 || strict.FailedAt < 0;
        }

        /// <summary>Takes what became of the run as a whole.</summary>
        public void Close(ExecutionResult result)
        {
            if (parity is null || result.Calls.Count == 0 || parity.Seen > result.Calls.Count) Begin();
            // Calls that a lost child left without an answer were not told one by one.
            for (int at = parity!.Seen; at < result.Calls.Count; at++) GoesOn(at, result.Calls[at]);
            parity!.Close(result);
            strict!.Close(result);
            CpuMilliseconds = result.CpuMilliseconds;
            if (parity.Status != strict.Status)
                Disagreement = new(set, parity.Status, strict.Status, DisagreementCause.Of(check, parity.FailedAt, strict.FailedAt, right, result));
        }

        private void Begin()
        {
            ParityComparison theirs = new(check);
            StrictComparison ours = new(check);
            parity = new(set, calls, right, theirs.Accepts);
            strict = new(set, calls, right, ours.Accepts);
        }

        private Side Of(EvaluationMode mode) => (mode == EvaluationMode.Parity ? parity : strict)!;
    }

    /// <summary>One set of tests in one mode.</summary>
    private sealed class Side(string set, IReadOnlyList<Call> calls, IReadOnlyList<Answer> right, Func<Call, Answer, Answer, bool> accepts)
    {
        private readonly List<CaseOutcome> outcomes = [];

        public SetStatus Status { get; private set; }

        public int Seen { get; private set; }

        public int FailedAt { get; private set; } = -1;

        public IReadOnlyList<CaseOutcome> Outcomes => outcomes;

        public SampleFailure? Failure { get; private set; }

        public string? Kind { get; private set; }

        public void See(int at, CallResult call)
        {
            Seen = at + 1;
            if (FailedAt >= 0) return;
            Answer? got = call.Value is { } value ? ReturnView.Read(value) : null;
            outcomes.Add(CaseOutcomes.Of(call, _ => call.Status == CallStatus.Returned && accepts(calls[at], got!, right[at])));
            if (outcomes[^1] == CaseOutcome.Passed) return;
            FailedAt = at;
            Failure = new(set, at, Cut(calls[at].ToString()), Cut(PythonLiteral.Format(right[at].Value, MostShown)), got is null ? null : PythonLiteral.Format(got.Value, MostShown), call.Exception);
            Kind = FailureKind.Of(outcomes[^1], call.Exception);
        }

        public void Close(ExecutionResult result)
        {
            bool whole = FailedAt < 0 && result.Status == ExecutionStatus.Completed && outcomes.Count == calls.Count;
            Status = result.Status == ExecutionStatus.SandboxError ? SetStatus.Undecided
                : whole ? SetStatus.Pass
                : FailedAt >= 0 && outcomes[FailedAt] != CaseOutcome.Crashed || result.Status == ExecutionStatus.ProgramFailed ? SetStatus.Fail
                : SetStatus.Timeout;
            if (Status == SetStatus.Pass || FailedAt >= 0) return;
            // The body failed, or the sandbox: no call is to blame.
            outcomes.Add(CaseOutcomes.Of(result.Status));
            Failure = new(set, 0, calls.Count > 0 ? Cut(calls[0].ToString()) : null, right.Count > 0 ? Cut(PythonLiteral.Format(right[0].Value, MostShown)) : null, null, result.Message);
            Kind = result.SyntaxError ? FailureKind.Syntax : FailureKind.Of(outcomes[^1], result.Message);
        }
    }

    private static string Cut(string text) => text.Length > MostShown ? text[..MostShown] + "..." : text;
}
