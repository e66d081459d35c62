using System.Collections.Concurrent;
using Plum.Evaluation.Benchmarks;
using Plum.Sandboxes;
using Plum.Verdicts;

namespace Plum.Evaluation.Judging;

/// <summary>Judges a program by Python test code, which never shares a process with it. Both modes say the same.</summary>
/// <param name="sandbox">Where programs and tests run.</param>
internal sealed class TestCodeJudge(PythonSandbox sandbox)
{
    private readonly TestCodeVerifier verifier = new(sandbox);
    private readonly ConcurrentDictionary<Check.TestCode, TestCode> parsed = new();

    /// <summary>Judges one program.</summary>
    public async Task<SampleVerdict> JudgeAsync(Check.TestCode check, string program, CancellationToken cancellation)
    {
        TestCode tests = parsed.GetOrAdd(check, static one => TestCode.Parse(one.EntryPoint, one.Tests));
        Limits limits = new(check.CpuMilliseconds, check.CpuMilliseconds, 10 * check.CpuMilliseconds);
        TestCodeVerdict verdict = await verifier.VerifyAsync(
            program, check.EntryPoint, tests, check.Prelude, limits, ReturnView.Of(check.EntryPoint, Wanted.Bare), cancellation).ConfigureAwait(false);
        SetStatus status = verdict.Undecided ? SetStatus.Undecided : verdict.Passed ? SetStatus.Pass : SetStatus.Fail;
        int failed = verdict.Outcomes.ToList().FindIndex(outcome => outcome != CaseOutcome.Passed);
        return new(
            status,
            null,
            failed < 0 ? verdict.Outcomes : [.. verdict.Outcomes.Take(failed + 1)],
            verdict.FirstFailure is { } first ? new("base", first.Case, first.Arguments, first.Expected.Length > 0 ? first.Expected : null, first.Got, first.Exception) : null,
            status == SetStatus.Pass ? null : verdict.SyntaxError ? FailureKind.Syntax : FailureKind.Of(failed < 0 ? CaseOutcome.Failed : verdict.Outcomes[failed], verdict.FirstFailure?.Exception),
            verdict.CpuMilliseconds);
    }
}
