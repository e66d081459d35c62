using Plum.Text;

namespace Plum.Rounds;

/// <summary>Stage 3 on disk: from a round's preferences to the policy's next version; <c>training.json</c> marks it complete.</summary>
public static class TrainStage
{
    /// <summary>Trains, where it has not been done.</summary>
    /// <param name="run">The run, or the control arm, that the round belongs to.</param>
    /// <param name="policy">The checkpoint folder that was sampled from.</param>
    /// <param name="options">The recipe, with folders of this machine.</param>
    /// <param name="training">How to train; a control arm's differs from the recipe's.</param>
    /// <param name="round">From 1.</param>
    /// <param name="tokenBudget">Completion tokens to train on; 0 goes by epochs.</param>
    /// <param name="trainer">Trains.</param>
    /// <param name="progress">Told after each optimizer step.</param>
    /// <param name="cancellation">Stops; the training begins anew.</param>
    public static async Task<TrainingFigures> RunAsync(
        RunDirectory run, string policy, RunOptions options, TrainingOptions training, int round, long tokenBudget, IPreferenceTrainer trainer,
        IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(trainer);
        RoundDirectory files = run.Round(round);
        if (RunDirectory.Read<TrainingFigures>(files.Training) is { } done)
            return done;
        bool pairs = training.LearnsFromPairs;
        List<PassingCompletion> passing = [.. await JsonLines.ReadAllAsync<PassingCompletion>(files.Passing, cancellation).ConfigureAwait(false)];
        for (int earlier = 1; training.KeepPassing && earlier < round; earlier++)
            passing.AddRange(await JsonLines.ReadAllAsync<PassingCompletion>(run.Round(earlier).Passing, cancellation).ConfigureAwait(false));
        TrainingFigures figures = await trainer.TrainAsync(
            new TrainingTask(
                policy, training.Reference == "initial" ? options.Policy : policy, files.Policy, files.Metrics,
                pairs ? await JsonLines.ReadAllAsync<PreferencePair>(files.Preferences, cancellation).ConfigureAwait(false) : [],
                pairs ? [] : await JsonLines.ReadAllAsync<LabelledCompletion>(files.Preferences, cancellation).ConfigureAwait(false),
                passing, options.Sft, training, new DrawKey(options.Seed, round, "train"), tokenBudget),
            new RoundProgress(progress, round), cancellation).ConfigureAwait(false);
        RunDirectory.Write(files.Training, figures);
        return figures;
    }

    /// <summary>Puts the round's number on a stage's progress.</summary>
    private sealed class RoundProgress(IProgress<StageProgress> inner, int round) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => inner.Report(value with { Round = round });
    }
}
