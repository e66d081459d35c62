using System.Text.Json;
using Plum.Rounds;
using Plum.Text;
using Plum.Torch.Checkpoints;
using Plum.Torch.Training.Losses;
using Plum.Torch.Transformers;

namespace Plum.Torch.Training;

/// <summary>Seam 3 on this machine: reads a checkpoint folder, trains, writes the next one.</summary>
/// <param name="workers">Threads that share a step.</param>
public sealed class CheckpointTrainer(int workers) : IPreferenceTrainer
{
    /// <inheritdoc/>
    public Task<TrainingFigures> TrainAsync(TrainingTask task, IProgress<StageProgress>? progress, CancellationToken cancellation) =>
        Task.Factory.StartNew(() => Train(task, progress, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    private async Task<TrainingFigures> Train(TrainingTask task, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        ComputeThread.Enter();
        Tokenizer tokenizer = Tokenizer.Load(task.Policy);
        using CheckpointFolder folder = CheckpointFolder.Open(task.Policy);
        using Decoder model = Decoder.Load(folder);
        CompletionGroup[] replay = task.Sft is null ? [] :
            [.. await ChatExamples.ReadAsync(task.Sft, tokenizer, ChatTemplate.Load(task.Policy), EndToken(folder.Config, tokenizer, task.Policy), cancellation).ConfigureAwait(false)];
        TrainingFigures figures = task.Options.Method == "sft"
            ? Supervised(task, model, replay, progress, cancellation)
            : Preferences(task, model, tokenizer, replay, progress, cancellation);
        CheckpointFolder.Save(task.Output, model.Config, model.Parameters.Select(p => (p.Key, p.Value)), StorageType.Float32, task.Policy);
        return figures;
    }

    /// <summary>The token that a completion is taught to end with.</summary>
    /// <exception cref="InputException">Neither the tokenizer nor the model names one.</exception>
    public static int EndToken(ModelConfig config, Tokenizer tokenizer, string folder) =>
        tokenizer.EndId ?? (config.EndIds.Count > 0 ? config.EndIds[0] : throw new InputException(
            $"{folder}: no end token: name eos_token in tokenizer_config.json or eos_token_id in config.json."));

    private TrainingFigures Supervised(
        TrainingTask task, Decoder model, CompletionGroup[] examples, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        double tokens = examples.Sum(g => g.Completions.Sum(c => (double)c.Length));
        double epochs = task.TokenBudget > 0 ? task.TokenBudget / tokens : task.Options.Epochs;
        using MetricsFile<SupervisedStep> metrics = new(task.Metrics);
        int batch = task.Options.PromptsPerStep, steps = (int)Math.Round(epochs * examples.Length / batch);
        SupervisedTrainer.Train(
            model, examples, new SupervisedOptions(epochs, batch, workers, DType: TorchRuntime.TypeOf(task.Options.Precision)), Optimizer(task.Options), task.Key,
            step =>
            {
                metrics.Append(step);
                progress?.Report(new StageProgress("train", 0, step.Step, steps, "steps", $"loss {step.Loss:F3}"));
            },
            cancellation);
        return metrics.Figures(step => step.Loss, step => step.NumTokens);
    }

    private TrainingFigures Preferences(
        TrainingTask task, Decoder model, Tokenizer tokenizer, CompletionGroup[] replay, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        TrainingOptions options = task.Options;
        PreferenceGroup[] groups = [.. PreferenceGroups.Of(task, text => tokenizer.Encode(text))];
        if (groups.Length == 0)
            throw new InputException("There is nothing to learn from: no candidate passed, or none failed. Sample more, or start from a policy that solves some of the instructions.");
        Objective objective = Objective(options, groups);
        groups = [.. groups.Select(objective.Seen)];
        using CheckpointFolder referenceFolder = CheckpointFolder.Open(task.Reference);
        using Decoder reference = Decoder.Load(referenceFolder);
        double perPrompt = groups.Average(g => (double)g.Tokens.Targets);
        double perStep = (Math.Min(options.PromptsPerStep, groups.Length) * perPrompt) +
            (replay.Length == 0 ? 0 : options.ReplayPerStep * replay.Average(g => (double)g.Targets));
        int steps = Math.Max(1, (int)Math.Round(task.TokenBudget > 0 ? task.TokenBudget / perStep : options.Epochs * groups.Length / options.PromptsPerStep));
        using MetricsFile<PreferenceStep> metrics = new(task.Metrics);
        string? stopped = PreferenceTrainer.Train(
            model, reference, groups, replay, objective,
            new PreferenceOptions(steps, options.PromptsPerStep, options.ReplayPerStep, options.ReplayWeight, workers, DType: TorchRuntime.TypeOf(options.Precision), StopAtChosenDrop: options.StopAtChosenDrop),
            Optimizer(options), task.Key,
            step =>
            {
                metrics.Append(step);
                progress?.Report(new StageProgress("train", 0, step.Step, steps, "steps", $"loss {step.Loss:F3}"));
            },
            cancellation);
        return metrics.Figures(step => step.Loss, step => step.NumTokens) with { Stopped = stopped };
    }

    private static Objective Objective(TrainingOptions options, PreferenceGroup[] groups)
    {
        if (options.Method == "rft")
            return new Objective.Rft();
        return LossOf(options) switch
        {
            PairLoss pairs => new Objective.Pairs(pairs, options.Alpha, options.Span, options.Bound),
            LabelLoss labels => new Objective.Labels(
                labels.ForCounts(groups.Sum(g => g.Completions.LongCount(c => c.Label)), groups.Sum(g => g.Completions.LongCount(c => !c.Label))),
                options.Alpha),
            { } other => throw new InvalidOperationException($"{other.Name} is no preference loss."),
        };
    }

    /// <summary>Fails on a method that cannot be trained with.</summary>
    /// <param name="options">The recipe's.</param>
    /// <exception cref="InputException">It is unknown, or beta is out of its range; the message says what is known.</exception>
    public static void Check(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Method != "rft") LossOf(options);
    }

    private static Loss LossOf(TrainingOptions options)
    {
        Dictionary<string, object> loss = new() { ["name"] = options.Method, ["beta"] = options.Beta };
        if (options.DesirableWeight > 0)
            loss["desirable_weight"] = options.DesirableWeight;
        if (options.UndesirableWeight > 0)
            loss["undesirable_weight"] = options.UndesirableWeight;
        return LossSelection.Parse(JsonSerializer.SerializeToElement(loss));
    }

    private static OptimizerOptions Optimizer(TrainingOptions options) => new(
        options.LearningRate, LearningRateShape.Linear, options.WarmupSteps, options.WeightDecay, ClipNorm: options.ClipNorm);

    /// <summary>Figures by step, kept for the summary while they go to disk.</summary>
    private sealed class MetricsFile<T> : IDisposable
        where T : class
    {
        private readonly JsonLinesWriter<T> file;
        private readonly List<T> steps = [];

        public MetricsFile(string path)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            file = new JsonLinesWriter<T>(path, keep: 0);
        }

        public void Append(T step)
        {
            steps.Add(step);
            file.Append(step);
        }

        public TrainingFigures Figures(Func<T, double> loss, Func<T, long> tokens) => new(
            steps.Count, tokens(steps[^1]), steps.Skip(steps.Count * 3 / 4).Average(loss));

        public void Dispose() => file.Dispose();
    }
}
