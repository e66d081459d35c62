using Plum.Rounds;
using Plum.Torch.Checkpoints;
using Plum.Torch.Transformers;
using Device = TorchSharp.torch.Device;

namespace Plum.Torch.Training;

/// <summary>Supervised fine-tuning of a checkpoint folder, or of a fresh model: <c>plum sft</c>.</summary>
/// <param name="Data">JSON Lines or Parquet of conversations; see <see cref="ChatExamples"/>.</param>
/// <param name="Folder">The checkpoint folder to start from; for a fresh model a folder with config.json and tokenizer files.</param>
/// <param name="Fresh">Whether the weights are drawn anew rather than read.</param>
/// <param name="Output">The folder to write; it appears whole or not at all.</param>
/// <param name="Metrics">The JSON Lines file of figures by step; written anew.</param>
/// <param name="Options">How to go through the examples.</param>
/// <param name="Optimizer">How parameters move.</param>
/// <param name="Key">Keys the order of the examples and the fresh weights.</param>
/// <param name="Lora">Trains low-rank updates beside the folder's weights; null trains all weights.</param>
/// <param name="SaveEvery">Steps between saved states, from which a killed training goes on; 0 for none.</param>
/// <param name="KeepSaved">How many of the last stay.</param>
/// <param name="HeldOutShare">The share of examples that is not trained on but watched: the weights that do best on it are the result. 0 watches nothing.</param>
/// <param name="TensorBoard">Whether figures by step go to TensorBoard event files besides.</param>
/// <param name="Device">What computes, as <see cref="TorchDevice"/> takes it.</param>
public sealed record SupervisedTask(
    string Data, string Folder, bool Fresh, string Output, string Metrics, SupervisedOptions Options, OptimizerOptions Optimizer, DrawKey Key,
    LoraOptions? Lora = null, int SaveEvery = 0, int KeepSaved = 2, double HeldOutShare = 0, bool TensorBoard = false, string Device = "cpu")
{
    /// <summary>Trains and writes the folder.</summary>
    /// <param name="progress">Told after each optimizer step; may be null.</param>
    /// <param name="cancellation">Stops the training; no folder is written.</param>
    /// <exception cref="InputException">The data or the folder cannot be used; the message names file and line.</exception>
    public Task<SupervisedFigures> RunAsync(IProgress<StageProgress>? progress, CancellationToken cancellation) =>
        Task.Factory.StartNew(() => Run(progress, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    /// <summary>What the training would do and take, without doing it.</summary>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">The data or the folder cannot be used; the message names file and line.</exception>
    public async Task<SupervisedPlan> PlanAsync(CancellationToken cancellation)
    {
        ModelConfig config = ModelConfig.Read(Folder);
        (CompletionGroup[] examples, CompletionGroup[] heldOut) = await ReadAsync(config, cancellation).ConfigureAwait(false);
        int[][] steps = [.. examples.Chunk(Options.BatchSize).Select(step => MicroBatches.Of(step, g => g.Tokens, Options.MicroBatchTokens, Options.Workers).Select(part => part.Sum(g => g.Tokens)).ToArray())];
        BatchSize largest = examples.Chunk(Options.BatchSize).SelectMany(step => MicroBatches.Of(step, g => g.Tokens, Options.MicroBatchTokens, Options.Workers))
            .Select(part => BatchSize.Of(part, Options.RowLength, Options.Pass)).MaxBy(size => size.Tokens)!;
        long trained = Trained.Count(config, Lora);
        return new(
            examples.Length, heldOut.Length, examples.Sum(g => (long)g.Completions[0].Length), examples.Sum(g => (long)g.Tokens), Options.Steps(examples.Length),
            steps.Average(step => step.Length), steps.Max(step => step.Max()), trained,
            MemoryEstimate.Of(config, trained, Lora is not null, Options.DType, Options.Pass, Options.Workers, largest, heldOut.Length > 0 ? 1 : 0));
    }

    private async Task<SupervisedFigures> Run(IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        ModelConfig config = ModelConfig.Read(Folder);
        (CompletionGroup[] examples, CompletionGroup[] heldOut) = await ReadAsync(config, cancellation).ConfigureAwait(false);
        // What follows computes on this thread and never awaits.
        return Train(config, examples, heldOut, progress, cancellation);
    }

    private async Task<(CompletionGroup[] Trained, CompletionGroup[] HeldOut)> ReadAsync(ModelConfig config, CancellationToken cancellation)
    {
        Tokenizer tokenizer = Tokenizer.Load(Folder);
        await ChatExamples.CheckAsync(Data, cancellation).ConfigureAwait(false);
        return HeldOutSplit.Of(
            [.. await ChatExamples.ReadAsync(Data, tokenizer, ChatTemplate.Load(Folder), CheckpointTrainer.EndToken(config, tokenizer, Folder), cancellation).ConfigureAwait(false)],
            HeldOutShare, Key);
    }

    private SupervisedFigures Train(ModelConfig config, CompletionGroup[] examples, CompletionGroup[] heldOut, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        ComputeThread.Enter();
        Device device = TorchDevice.Of(this.Device);
        SupervisedOptions options = device.IsCuda() ? Options with { Workers = 1 } : Options;
        using TrainedModel model = Fresh ? new FullModel(Decoder.Create(config, Key with { Purpose = "weights" }, device)) : Trained.Load(Folder, Lora, options.DType, Key, device);
        int steps = options.Steps(examples.Length);
        SavedStates saved = new(Output + ".states", TaskHash.Of(Folder, [.. examples, .. heldOut], this with { Output = "", Metrics = "" }), SaveEvery, KeepSaved, best: true);
        using StepLog<SupervisedStep> log = new(Metrics, saved.Step, TensorBoard ? Output + ".tensorboard" : null);
        string? stopped = SupervisedTrainer.Train(
            model, examples, heldOut, options, Optimizer, Key, saved,
            step =>
            {
                log.Append(step);
                progress?.Report(new StageProgress("sft", 0, step.Step, steps, "steps", $"loss {step.Loss:F3}"));
            },
            cancellation);
        model.Save(Output, Folder);
        IReadOnlyList<SupervisedStep> done = log.Steps;
        return new(examples.Length, done.Count, done[^1].NumTokens, config.Parameters, done[0].Loss, done.Skip(done.Count * 3 / 4).Average(step => step.Loss), stopped);
    }
}

/// <summary>What supervised fine-tuning would do and take, told before it is begun.</summary>
/// <param name="Examples">Examples to train on.</param>
/// <param name="HeldOutExamples">Examples that are watched instead.</param>
/// <param name="CompletionTokens">Tokens that are learnt.</param>
/// <param name="ComputedTokens">Tokens that a pass over the data computes.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="MicroBatches">Micro-batches of a step, by the data's mean.</param>
/// <param name="MicroBatchTokens">Tokens of the largest micro-batch.</param>
/// <param name="TrainedParameters">Weights that are trained.</param>
/// <param name="Memory">Estimated bytes.</param>
public sealed record SupervisedPlan(
    int Examples, int HeldOutExamples, long CompletionTokens, long ComputedTokens, int Steps, double MicroBatches, int MicroBatchTokens, long TrainedParameters, MemoryEstimate Memory);

/// <summary>What supervised fine-tuning did.</summary>
/// <param name="Examples">Conversations in the data.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="Tokens">Completion tokens trained on.</param>
/// <param name="Parameters">The model's weights.</param>
/// <param name="FirstLoss">The first step's loss, nats a token.</param>
/// <param name="TrainLoss">Mean loss over the last quarter of the steps.</param>
/// <param name="Stopped">Why it ended before its last step; null where it did not.</param>
public sealed record SupervisedFigures(int Examples, int Steps, long Tokens, long Parameters, double FirstLoss, double TrainLoss, string? Stopped = null);
