using System.Collections.Concurrent;
using Plum.Evaluation.Benchmarks;
using Plum.Sandboxes;
using Plum.Verdicts;

namespace Plum.Evaluation.Judging;

/// <summary>
/// Judges a program of another language by the test that follows it. Assertions that were understood are compared outside,
/// in both modes; where the language compares lists by reference, parity wants the public test to end well besides.
/// </summary>
/// <param name="sandbox">Where programs are built and run.</param>
internal sealed class WholeJudge(PythonSandbox sandbox)
{
    /// <summary>MultiPL-E's fifteen seconds.</summary>
    private static readonly Limits Limits = new(CallCpuMilliseconds: 15_000, CpuMilliseconds: 15_000, WallMilliseconds: 60_000, MemoryMegabytes: 1_024);

    private readonly ConcurrentDictionary<(string Language, string Test), Lazy<Task<LanguageTest>>> prepared = new();

    /// <summary>Judges one program.</summary>
    public async Task<SampleVerdict> JudgeAsync(Check.Whole check, string program, EvaluationMode mode, CancellationToken cancellation)
    {
        LanguageTest test = await prepared.GetOrAdd((check.Language.Name, check.Test),
            _ => new(() => LanguageTest.PrepareAsync(sandbox, check.Language, check.Test, Limits, cancellation))).Value.ConfigureAwait(false);
        Judgement judgement = await new ProgramVerifier(sandbox, check.Language, new(Limits: Limits)).JudgeAsync(test, program, cancellation).ConfigureAwait(false);
        CaseOutcome fate = judgement.Outcomes.FirstOrDefault(outcome => outcome != CaseOutcome.Passed, CaseOutcome.Passed);
        FirstFailure? first = judgement.FirstFailure;
        SampleVerdict verdict = new(
            fate == CaseOutcome.Undecided ? SetStatus.Undecided : judgement.Passed ? SetStatus.Pass : SetStatus.Fail,
            null,
            judgement.Outcomes,
            first is null ? null : new("base", first.Case, Told(first.Arguments), Told(first.Expected), first.Got, first.Exception),
            judgement.Passed ? null : KindOf(fate, first?.Exception),
            judgement.CpuMilliseconds);
        return judgement.Passed && test.IsSeparated && check.Language.Asserts.ByReference
            ? await BesidesAsync(check, program, verdict, mode, cancellation).ConfigureAwait(false)
            : verdict;
    }

    /// <summary>What the public test says of a program that passes.</summary>
    private async Task<SampleVerdict> BesidesAsync(Check.Whole check, string program, SampleVerdict verdict, EvaluationMode mode, CancellationToken cancellation)
    {
        ProgramResult result = await sandbox.RunProgramAsync(new(check.Language, program, check.Test, Limits), cancellation).ConfigureAwait(false);
        verdict = verdict with { CpuMilliseconds = verdict.CpuMilliseconds + result.CpuMilliseconds };
        if (result.Outcome is CaseOutcome.Passed or CaseOutcome.Undecided)
            return verdict;
        verdict = verdict with { OtherMode = new("base", SetStatus.Fail, SetStatus.Pass, "the public test compares lists by reference, which no program passes") };
        return mode == EvaluationMode.Strict ? verdict : verdict with
        {
            Base = SetStatus.Fail,
            Outcomes = [result.Outcome],
            FirstFailure = new("base", 0, null, null, null, result.Message),
            Failure = KindOf(result.Outcome, null),
        };
    }

    private static string? Told(string text) => text.Length > 0 ? text : null;

    private static string KindOf(CaseOutcome outcome, string? message) =>
        message?.StartsWith("does not build", StringComparison.Ordinal) == true ? FailureKind.DoesNotBuild : FailureKind.Of(outcome, null);
}
