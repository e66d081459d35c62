using Plum.Evaluation.Benchmarks;
using Plum.Sandboxes;
using Plum.Verdicts;

namespace Plum.Evaluation.Judging;

/// <summary>
/// Judges a script by what it prints, each run in a process of its own with a real standard input and output. The harness of
/// LiveCodeBench runs scripts inside of itself, and so refuses right ones that iterate over sys.stdin or write to its
/// buffer: those refusals are not imitated, in either mode.
/// </summary>
/// <param name="sandbox">Where programs run.</param>
internal sealed class ScriptJudge(PythonSandbox sandbox)
{
    private const int MostShown = 2_000;

    /// <summary>Judges one program; the first failure is the last run.</summary>
    public async Task<SampleVerdict> JudgeAsync(Check.Scripts check, string program, CancellationToken cancellation)
    {
        Limits limits = new(check.CpuMillisecondsPerRun, check.CpuMillisecondsPerRun, 10 * check.CpuMillisecondsPerRun, 4_096, 1 << 27);
        List<CaseOutcome> outcomes = [];
        double cpu = 0;
        for (int at = 0; at < check.Inputs.Count; at++)
        {
            ScriptResult result = await sandbox.RunScriptAsync(new(program, check.Inputs[at], limits), cancellation).ConfigureAwait(false);
            cpu += result.CpuMilliseconds;
            string expected = check.Outputs[at];
            outcomes.Add(CaseOutcomes.Of(result.Status, () => StandardOutput.Matches(expected, result.Output)));
            if (outcomes[^1] == CaseOutcome.Passed) continue;
            string? message = result.Status == ExecutionStatus.Completed ? null : result.Message;
            return new(
                outcomes[^1] == CaseOutcome.Undecided ? SetStatus.Undecided : SetStatus.Fail,
                null,
                outcomes,
                new("base", at, Cut(check.Inputs[at]), Cut(check.Outputs[at]), Cut(result.Output), message),
                FailureKind.IsSyntax(message) ? FailureKind.Syntax : FailureKind.Of(outcomes[^1], message),
                cpu);
        }

        return new(SetStatus.Pass, null, outcomes, null, null, cpu);
    }

    private static string Cut(string text) => text.Length > MostShown ? text[..MostShown] + "..." : text;
}
