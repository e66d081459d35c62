using Plum.Evaluation.Benchmarks;
using Plum.Sandboxes;

namespace Plum.Evaluation.Judging;

/// <summary>
/// Judges a program of another language together with its test. It passes by reaching the end of the test, where a random
/// word is written; ending early, whatever the exit code, is no pass.
/// </summary>
/// <param name="sandbox">Where programs are built and run.</param>
internal sealed class WholeJudge(PythonSandbox sandbox)
{
    private static readonly Limits Limits = new(CallCpuMilliseconds: 30_000, CpuMilliseconds: 30_000, WallMilliseconds: 60_000, MemoryMegabytes: 1_024);

    /// <summary>Judges one program.</summary>
    public async Task<SampleVerdict> JudgeAsync(Check.Whole check, string program, CancellationToken cancellation)
    {
        ProgramResult result = await sandbox.RunProgramAsync(new(check.Language, program, check.Test, Limits), cancellation).ConfigureAwait(false);
        SetStatus status = result.Outcome switch
        {
            CaseOutcome.Passed => SetStatus.Pass,
            CaseOutcome.Undecided => SetStatus.Undecided,
            _ => SetStatus.Fail,
        };
        return new(
            status,
            null,
            [result.Outcome],
            status == SetStatus.Pass ? null : new("base", 0, null, null, result.Output.Length > 0 ? result.Output[..Math.Min(result.Output.Length, 2_000)] : null, result.Message),
            status == SetStatus.Pass ? null
                : result.Message?.StartsWith("does not build", StringComparison.Ordinal) == true || result.Message?.Contains("error CS", StringComparison.Ordinal) == true ? "does_not_build"
                : FailureKind.Of(result.Outcome, null),
            result.CpuMilliseconds);
    }
}
