using System.Diagnostics;
using System.Text.Json;
using Plum.Rounds;
using Plum.Torch.Checkpoints;
using Plum.Torch.Training.Losses;
using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>Seam 3 on this machine: reads a checkpoint folder, trains, writes the next one.</summary>
public sealed class CheckpointTrainer : IPreferenceTrainer
{
    private readonly int workers;
    private readonly Device device;

    /// <summary>A trainer.</summary>
    /// <param name="workers">Threads that share a step; a GPU is given its work by one.</param>
    /// <param name="device">What computes; null for the processor.</param>
    public CheckpointTrainer(int workers, Device? device = null)
    {
        this.workers = device.IsCuda() ? 1 : workers;
        this.device = device ?? CPU;
    }

    /// <inheritdoc/>
    public Task<TrainingFigures> TrainAsync(TrainingTask task, IProgress<StageProgress>? progress, CancellationToken cancellation) =>
        Task.Factory.StartNew(() => Train(task, progress, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    private async Task<TrainingFigures> Train(TrainingTask task, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        ComputeThread.Enter();
        Tokenizer tokenizer = Tokenizer.Load(task.Policy);
        ModelConfig config = ModelConfig.Read(task.Policy);
        CompletionGroup[] replay = task.Sft is null ? [] :
            [.. await ChatExamples.ReadAsync(task.Sft, tokenizer, ChatTemplate.Load(task.Policy), EndToken(config, tokenizer, task.Policy), cancellation).ConfigureAwait(false)];
        return task.Options.Method == "sft"
            ? Supervised(task, replay, progress, cancellation)
            : Preferences(task, new PreparedTraining(task, text => tokenizer.Encode(text), replay, config, workers, device), progress, cancellation);
    }

    /// <summary>What a training would do and take, without doing it.</summary>
    /// <param name="task">The training.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">There is nothing to learn from.</exception>
    public async Task<TrainingPlan> PlanAsync(TrainingTask task, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(task);
        Tokenizer tokenizer = Tokenizer.Load(task.Policy);
        ModelConfig config = ModelConfig.Read(task.Policy);
        CompletionGroup[] replay = task.Sft is null ? [] :
            [.. await ChatExamples.ReadAsync(task.Sft, tokenizer, ChatTemplate.Load(task.Policy), EndToken(config, tokenizer, task.Policy), cancellation).ConfigureAwait(false)];
        return new PreparedTraining(task, text => tokenizer.Encode(text), replay, config, workers, device).Plan();
    }

    /// <summary>The token that a completion is taught to end with.</summary>
    /// <exception cref="InputException">Neither the tokenizer nor the model names one.</exception>
    public static int EndToken(ModelConfig config, Tokenizer tokenizer, string folder) =>
        tokenizer.EndId ?? (config.EndIds.Count > 0 ? config.EndIds[0] : throw new InputException(
            $"{folder}: no end token: name eos_token in tokenizer_config.json or eos_token_id in config.json."));

    private TrainingFigures Supervised(TrainingTask task, CompletionGroup[] examples, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        TrainingOptions options = task.Options;
        double tokens = examples.Sum(g => g.Completions.Sum(c => (double)c.Length));
        SupervisedOptions how = new(
            task.TokenBudget > 0 ? task.TokenBudget / tokens : options.Epochs, options.PromptsPerStep, workers, DType: TorchRuntime.TypeOf(options.Precision, device),
            MicroBatchTokens: options.MicroBatchTokens, Memory: PassOptions.For(options));
        int steps = how.Steps(examples.Length);
        using TrainedModel model = Trained.Load(task.Policy, options.Lora, how.DType, task.Key, device);
        SavedStates saved = new(task.Output + ".states", TaskHash.Of(task.Policy, examples, (options, how, task.Key)), options.SaveEvery, options.KeepSaved, options.KeepBest);
        using StepLog<SupervisedStep> log = new(task.Metrics, saved.Step, Board(task));
        SupervisedTrainer.Train(model, examples, [], how, PreparedTraining.Optimizer(options), task.Key, saved, step =>
        {
            log.Append(step);
            progress?.Report(new StageProgress("train", 0, step.Step, steps, "steps", $"loss {step.Loss:F3}"));
        }, cancellation);
        model.Save(task.Output, task.Policy);
        return log.Figures(step => step.Loss, step => step.NumTokens);
    }

    private TrainingFigures Preferences(TrainingTask task, PreparedTraining prepared, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        TrainingOptions options = task.Options;
        PreferenceOptions how = prepared.Options;
        using TrainedModel policy = Trained.Load(task.Policy, options.Lora, how.DType, task.Key, device);
        (PreferenceData data, PreferenceData? heldOut) = prepared.Score(policy as LoraModel);
        SavedStates saved = new(
            task.Output + ".states",
            TaskHash.Of(task.Policy, [.. data.Groups.Concat(heldOut?.Groups ?? []).Select(g => g.Tokens), .. prepared.Replay], (options, how, task.Key, ReferenceLogProbs.Key(task.Reference, [], how))),
            options.SaveEvery, options.KeepSaved, options.KeepBest);
        using StepLog<PreferenceStep> log = new(task.Metrics, saved.Step, Board(task));
        long began = Stopwatch.GetTimestamp(), first = log.Steps.Count > 0 ? log.Steps[^1].NumTokens : 0;
        PreferenceTrainer trainer = new(policy, data, prepared.Replay, prepared.Objective, how, PreparedTraining.Optimizer(options), task.Key) { HeldOut = heldOut, Saved = saved };
        string? stopped = trainer.Train(
            step =>
            {
                log.Append(step);
                double rate = (step.NumTokens - first) / Stopwatch.GetElapsedTime(began).TotalSeconds;
                progress?.Report(new StageProgress("train", 0, step.Step, how.Steps, "steps", $"loss {step.Loss:F3}  {rate:N0} tokens/s"));
            },
            cancellation);
        policy.Save(task.Output, task.Policy);
        (double? desirable, double? undesirable) = prepared.ClassWeights;
        return log.Figures(step => step.Loss, step => step.NumTokens) with
        {
            Stopped = stopped,
            DesirableWeight = desirable,
            UndesirableWeight = undesirable,
            Shortened = options.MaxLength > 0 ? prepared.Limit.Shortened : null,
            TooLong = options.MaxLength > 0 ? prepared.Limit.TooLong : null,
        };
    }

    private static string? Board(TrainingTask task) => task.Options.TensorBoard ? task.Output + ".tensorboard" : null;

    /// <summary>Fails on a method that cannot be trained with.</summary>
    /// <param name="options">The recipe's.</param>
    /// <exception cref="InputException">It is unknown, or beta is out of its range; the message says what is known.</exception>
    public static void Check(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Method != "rft") LossOf(options);
    }

    internal static Loss LossOf(TrainingOptions options)
    {
        if (options.Loss is { } given)
            return LossSelection.Parse(given) is LikelihoodLoss likelihood
                ? throw new InputException($"training.loss {likelihood.Name} has no preferences in it: set training.method to rft, or sum it with a loss over pairs")
                : LossSelection.Parse(given);
        Dictionary<string, object> loss = new() { ["name"] = options.Method, ["beta"] = options.Beta };
        if (options.DesirableWeight > 0)
            loss["desirable_weight"] = options.DesirableWeight;
        if (options.UndesirableWeight > 0)
            loss["undesirable_weight"] = options.UndesirableWeight;
        return LossSelection.Parse(JsonSerializer.SerializeToElement(loss));
    }
}
