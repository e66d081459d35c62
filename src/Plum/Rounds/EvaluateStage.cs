using Plum.Evaluation;
using Plum.Models;
using Plum.Verdicts;

namespace Plum.Rounds;

/// <summary>Evaluation on disk: a policy's results on held-out tasks in one file.</summary>
public static class EvaluateStage
{
    /// <summary>Evaluates, where it has not been done.</summary>
    /// <param name="file">Where the report is kept.</param>
    /// <param name="heldOut">The tasks.</param>
    /// <param name="how">How; null for the greedy samples alone.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="version">The policy's version.</param>
    /// <param name="open">Opens the policy; not called where the report is there.</param>
    /// <param name="verifier">Judges.</param>
    /// <param name="progress">Told at both ends.</param>
    /// <param name="cancellation">Stops; the evaluation begins anew.</param>
    public static async Task<EvaluationReport> RunAsync(
        string file, Benchmark heldOut, EvaluatorOptions? how, ulong seed, int version, Func<ILanguageModel> open, Verifier verifier,
        IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(heldOut);
        ArgumentNullException.ThrowIfNull(open);
        if (RunDirectory.Read<EvaluationReport>(file) is { } done)
            return done;
        progress.Report(new StageProgress("evaluate", version, 0, heldOut.Tasks.Count, "tasks"));
        ILanguageModel model = open();
        using (model as IDisposable)
        {
            EvaluationReport report = await new Evaluator(model, verifier, how).EvaluateAsync(heldOut, seed, version, cancellation).ConfigureAwait(false);
            RunDirectory.Write(file, report);
            progress.Report(new StageProgress("evaluate", version, heldOut.Tasks.Count, heldOut.Tasks.Count, "tasks", $"pass@1 {100 * report.PassAt1:F1}%"));
            return report;
        }
    }
}
