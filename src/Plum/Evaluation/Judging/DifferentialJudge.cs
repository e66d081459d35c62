using System.Globalization;
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

    /// <summary>
    /// The command evalplus.evaluate calls a function 30 frames deep under Python 3.11, the sandbox 8: a recursion that just fails
    /// there is to fail here. Found by trying (973 calls of a function go, 974 do not, with four frames fewer) and counting those four.
    /// </summary>
    private const int RecursionLimit = 978;

    /// <summary>Judges one program.</summary>
    public async Task<SampleVerdict> JudgeAsync(string taskId, Check.Differential check, string program, EvaluationMode mode, CancellationToken cancellation)
    {
        Expected right = await expected.OfAsync(taskId, check, cancellation).ConfigureAwait(false);
        SetResult ofBase = await RunAsync("base", check, program, check.Base, right, right.Base, cancellation).ConfigureAwait(false);
        // Parity tells the plus tests' verdict by itself, also where the base tests fail.
        SetResult? ofPlus = check.Plus.Count == 0 && (mode == EvaluationMode.Strict || !check.HasPlus) || mode == EvaluationMode.Strict && ofBase.Status(mode) != SetStatus.Pass
            ? null
            : await RunAsync("plus", check, program, check.Plus, right, right.Plus, cancellation).ConfigureAwait(false);
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
        string set, Check.Differential check, string program, IReadOnlyList<Call> calls, Expected all, IReadOnlyList<Answer> right, CancellationToken cancellation)
    {
        SetResult seen = new(set, check, calls, right, MemoryMegabytes - check.HeldMegabytes - all.Megabytes);
        double[] limits = [.. right.Select(answer => Math.Max(LeastCallMilliseconds, Factor * answer.CpuMilliseconds))];
        int total = (int)(Math.Min(MostMilliseconds, limits.Sum()) + Extra);
        Execution execution = new(Surrounded(check, program, limits), "program", calls, new(total, total, 10 * total, MemoryMegabytes, AnswerBytes), StopAtFirstFailure: true, seen.GoesOn);
        seen.Close(await sandbox.RunAsync(execution, cancellation).ConfigureAwait(false));
        return seen;
    }

    /// <summary>The program in EvalPlus's surroundings, which time each call from within: an exception ends it there too, which a program may catch.</summary>
    private static string Surrounded(Check.Differential check, string program, double[] limits)
    {
        string slow = string.Join(", ", limits.Index().Where(one => one.Item > LeastCallMilliseconds).Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Index}: {one.Item / 1e3}")));
        string text = PythonLiteral.Format(new TypedValue.Str(program));
        return $"program = __import__('sys').modules['plum_jail.evalplus'].load({text}, '{check.EntryPoint}', '{ReturnView.Letters(ExpectedOutputs.Needs(check))}', {{{slow}}}, {RecursionLimit})";
    }

    /// <summary>One set of tests, in both modes.</summary>
    private sealed class SetResult(string set, Check.Differential check, IReadOnlyList<Call> calls, IReadOnlyList<Answer> right, double leftMegabytes)
    {
        private const string TimedOut = "TimeoutException: Timed out!";

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
            if (call.Exception == TimedOut) call = new(CallStatus.TimedOut, null, "used up its time");
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
            bool tooMuch = parity.Status == SetStatus.Pass && result.PeakMegabytes > leftMegabytes;
            if (tooMuch) parity.Refuse(string.Create(CultureInfo.InvariantCulture, $"MemoryError: it held {result.PeakMegabytes:0} MiB, and EvalPlus leaves {leftMegabytes:0} beside what canonical solutions returned"));
            if (parity.Status != strict.Status)
                Disagreement = new(set, parity.Status, strict.Status, tooMuch ? "EvalPlus's limit of memory holds what canonical solutions returned too, and leaves too little" : DisagreementCause.Of(check, parity.FailedAt, strict.FailedAt, right, result));
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
            // A process that is gone with its call, or before its first, is EvalPlus's timeout; every other failure is not.
            bool lost = result.Status is ExecutionStatus.TimedOut or ExecutionStatus.Crashed && (FailedAt < 0 || FailedAt == result.Calls.Count - 1);
            Status = result.Status == ExecutionStatus.SandboxError ? SetStatus.Undecided : whole ? SetStatus.Pass : lost ? SetStatus.Timeout : SetStatus.Fail;
            if (Status == SetStatus.Pass || FailedAt >= 0) return;
            // The body failed, or the sandbox: no call is to blame.
            outcomes.Add(CaseOutcomes.Of(result.Status));
            Failure = new(set, 0, calls.Count > 0 ? Cut(calls[0].ToString()) : null, right.Count > 0 ? Cut(PythonLiteral.Format(right[0].Value, MostShown)) : null, null, result.Message);
            Kind = FailureKind.IsSyntax(result.Message) ? FailureKind.Syntax : FailureKind.Of(outcomes[^1], result.Message);
        }

        /// <summary>Fails a set whose answers were all right.</summary>
        public void Refuse(string why)
        {
            Status = SetStatus.Fail;
            if (outcomes.Count > 0) outcomes[^1] = CaseOutcome.Failed;
            Failure = new(set, Math.Max(0, outcomes.Count - 1), null, null, null, why);
            Kind = FailureKind.Of(CaseOutcome.Failed, why);
        }
    }

    private static string Cut(string text) => text.Length > MostShown ? text[..MostShown] + "..." : text;
}
