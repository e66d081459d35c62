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
    /// <param name="probe">Tries the trained policy's folder; where it calls it broken, the round's policy is the one before. Null keeps whatever comes out.</param>
    /// <param name="progress">Told after each optimizer step.</param>
    /// <param name="cancellation">Stops; the training begins anew.</param>
    public static async Task<TrainingFigures> RunAsync(
        RunDirectory run, string policy, RunOptions options, TrainingOptions training, int round, long tokenBudget, IPreferenceTrainer trainer,
        Func<string, Task<ProbeFigures>>? probe, IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(trainer);
        RoundDirectory files = run.Round(round);
        if (RunDirectory.Read<TrainingFigures>(files.Training) is { } done)
            return done;
        TrainingTask task = await TaskAsync(run, policy, options, training, round, tokenBudget, cancellation).ConfigureAwait(false);
        TrainingFigures figures = await trainer.TrainAsync(task, new RoundProgress(progress, round), cancellation).ConfigureAwait(false);
        if (probe is not null)
        {
            ProbeFigures health = await probe(files.Trained).ConfigureAwait(false);
            figures = figures with { Probe = health, Stopped = health.Broken ?? figures.Stopped };
        }

        if (figures.Probe?.Broken is null)
            Replace(files.Policy, with: files.Trained);
        else
            CopyPolicy(policy, files.Policy);
        RunDirectory.Write(files.Training, figures);
        return figures;
    }

    /// <summary>What a round trains on, as its files tell it.</summary>
    /// <param name="run">The run, or the control arm, that the round belongs to.</param>
    /// <param name="policy">The checkpoint folder that was sampled from.</param>
    /// <param name="options">The recipe, with folders of this machine.</param>
    /// <param name="training">How to train.</param>
    /// <param name="round">From 1.</param>
    /// <param name="tokenBudget">Completion tokens to train on; 0 goes by epochs.</param>
    /// <param name="cancellation">Stops reading.</param>
    public static async Task<TrainingTask> TaskAsync(
        RunDirectory run, string policy, RunOptions options, TrainingOptions training, int round, long tokenBudget, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(training);
        RoundDirectory files = run.Round(round);
        bool pairs = training.LearnsFromPairs;
        List<PassingCompletion> passing = [.. await JsonLines.ReadAllAsync<PassingCompletion>(files.Passing, cancellation).ConfigureAwait(false)];
        for (int earlier = 1; training.KeepPassing && earlier < round; earlier++)
            passing.AddRange(await JsonLines.ReadAllAsync<PassingCompletion>(run.Round(earlier).Passing, cancellation).ConfigureAwait(false));
        return new TrainingTask(
            policy, training.Reference == "initial" ? options.Policy : policy, files.Trained, files.Metrics,
            pairs ? await JsonLines.ReadAllAsync<PreferencePair>(files.Preferences, cancellation).ConfigureAwait(false) : [],
            pairs ? [] : await JsonLines.ReadAllAsync<LabelledCompletion>(files.Preferences, cancellation).ConfigureAwait(false),
            passing, options.Sft, training, new DrawKey(options.Seed, round, "train"), tokenBudget);
    }

    private static void Replace(string folder, string with)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.Move(with, folder);
    }

    private static void CopyPolicy(string from, string to)
    {
        string building = to + ".building";
        Directory.CreateDirectory(building);
        foreach (string file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(building, Path.GetFileName(file)), overwrite: true);
        Replace(to, with: building);
    }

    /// <summary>Puts the round's number on a stage's progress.</summary>
    private sealed class RoundProgress(IProgress<StageProgress> inner, int round) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => inner.Report(value with { Round = round });
    }
}
