using Plum.Evaluation;

namespace Plum.Rounds;

/// <summary>
/// What else the same tokens could have bought, from the same start: rejection-sampling fine-tuning (the paper's
/// baseline, on-policy with samples of its own) and more supervised fine-tuning on the data the policy came from.
/// </summary>
/// <param name="loop">Runs rounds and evaluations.</param>
/// <param name="options">The resolved recipe.</param>
/// <param name="trainer">Makes policies.</param>
/// <param name="progress">Told how far the trainings have come.</param>
/// <param name="time">The clock for the figures of seconds.</param>
internal sealed class ControlArms(RoundLoop loop, RunOptions options, IPreferenceTrainer trainer, IProgress<StageProgress> progress, TimeProvider time)
{
    public async Task<IReadOnlyDictionary<string, ControlFigures>> RunAsync(
        RunDirectory run, RoundLoop.Arm arm, IReadOnlyList<RoundFigures> rounds, EvaluationReport before, EvaluationReport after, CancellationToken cancellation)
    {
        SortedDictionary<string, ControlFigures> controls = new(StringComparer.Ordinal);
        TrainingOptions training = options.Training ?? new();

        // Its only term has weight 1 where the recipe's likelihood has alpha: replay keeps its share.
        TrainingOptions likelihood = training with { Method = "rft", ReplayWeight = training.Alpha > 0 ? training.ReplayWeight / training.Alpha : training.ReplayWeight };
        RoundLoop.Arm rft = arm with { Run = run.Control("rft"), Training = likelihood };
        List<RoundFigures> spent = [];
        foreach (RoundFigures round in rounds)
            spent.Add(await loop.RoundAsync(rft, round.Round, round.TrainTokens, cancellation).ConfigureAwait(false));
        EvaluationReport afterRft = RunDirectory.Read<EvaluationReport>(rft.Run.Round(rounds.Count).Evaluation)!;
        controls["rft"] = Figures(before, after, afterRft, spent.Sum(r => r.TrainTokens), spent.Sum(r => r.Seconds.Values.Sum()));

        if (options.Sft is not null)
        {
            RoundDirectory files = run.Control("sft").Round(1);
            Directory.CreateDirectory(files.Path);
            Dictionary<string, double> seconds = RunDirectory.Read<Dictionary<string, double>>(files.Seconds) ?? [];
            Stopwatch watch = new(time, files.Seconds, seconds);
            TrainingFigures trained = RunDirectory.Read<TrainingFigures>(files.Training) ?? await watch.TimeAsync("train", () => trainer.TrainAsync(
                new TrainingTask(
                    options.Policy, options.Policy, files.Policy, files.Metrics, [], [], [], options.Sft, training with { Method = "sft" },
                    new DrawKey(options.Seed, 0, "control-sft"), rounds.Sum(r => r.TrainTokens)),
                progress, cancellation)).ConfigureAwait(false);
            RunDirectory.Write(files.Training, trained);
            EvaluationReport afterSft = await watch.TimeAsync("evaluation", () =>
                loop.EvaluateAsync(files.Evaluation, files.Policy, arm.HeldOut, rounds.Count, cancellation)).ConfigureAwait(false);
            controls["sft"] = Figures(before, after, afterSft, trained.Tokens, seconds.Values.Sum());
        }

        return controls;
    }

    private ControlFigures Figures(EvaluationReport before, EvaluationReport after, EvaluationReport control, long tokens, double seconds)
    {
        PairedTest paired = control.CompareWith(after, new DrawKey(options.Seed, 0, "control"));
        return new ControlFigures(PassFigures.Of(control), control.PassAt1 - before.PassAt1, paired.Gain, paired.PValue, tokens, seconds);
    }
}
