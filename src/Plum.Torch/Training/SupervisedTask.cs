using Plum.Rounds;
using Plum.Torch.Checkpoints;
using Plum.Torch.Transformers;
using Device = TorchSharp.torch.Device;

namespace Plum.Torch.Training;

/// <summary>Supervised fine-tuning of a checkpoint folder, or of a fresh model: <c>plum sft</c>.</summary>
/// <param name="Data">JSON Lines of conversations; see <see cref="ChatExamples"/>.</param>
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
/// <param name="Device">What computes, as <see cref="TorchDevice"/> takes it.</param>
public sealed record SupervisedTask(
    string Data, string Folder, bool Fresh, string Output, string Metrics, SupervisedOptions Options, OptimizerOptions Optimizer, DrawKey Key,
    LoraOptions? Lora = null, int SaveEvery = 0, int KeepSaved = 2, string Device = "cpu")
{
    /// <summary>Trains and writes the folder.</summary>
    /// <param name="progress">Told after each optimizer step; may be null.</param>
    /// <param name="cancellation">Stops the training; no folder is written.</param>
    /// <exception cref="InputException">The data or the folder cannot be used; the message names file and line.</exception>
    public Task<SupervisedFigures> RunAsync(IProgress<StageProgress>? progress, CancellationToken cancellation) =>
        Task.Factory.StartNew(() => Run(progress, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    private async Task<SupervisedFigures> Run(IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        ModelConfig config = ModelConfig.Read(Folder);
        Tokenizer tokenizer = Tokenizer.Load(Folder);
        await ChatExamples.CheckAsync(Data, cancellation).ConfigureAwait(false);
        IReadOnlyList<CompletionGroup> examples = await ChatExamples.ReadAsync(
            Data, tokenizer, ChatTemplate.Load(Folder), CheckpointTrainer.EndToken(config, tokenizer, Folder), cancellation).ConfigureAwait(false);
        // What follows computes on this thread and never awaits.
        return Train(config, examples, progress, cancellation);
    }

    private SupervisedFigures Train(ModelConfig config, IReadOnlyList<CompletionGroup> examples, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        ComputeThread.Enter();
        Device device = TorchDevice.Of(this.Device);
        SupervisedOptions options = device.IsCuda() ? Options with { Workers = 1 } : Options;
        using TrainedModel model = Fresh ? new FullModel(Decoder.Create(config, Key with { Purpose = "weights" }, device)) : Trained.Load(Folder, Lora, options.DType, Key, device);
        int steps = options.Steps(examples.Count);
        SavedStates saved = new(Output + ".states", TaskHash.Of(Folder, examples, this with { Output = "", Metrics = "" }), SaveEvery, KeepSaved);
        using StepLog<SupervisedStep> log = new(Metrics, saved.Step);
        SupervisedTrainer.Train(
            model, examples, options, Optimizer, Key, saved,
            step =>
            {
                log.Append(step);
                progress?.Report(new StageProgress("sft", 0, step.Step, steps, "steps", $"loss {step.Loss:F3}"));
            },
            cancellation);
        model.Save(Output, Folder);
        IReadOnlyList<SupervisedStep> done = log.Steps;
        return new(examples.Count, done.Count, done[^1].NumTokens, config.Parameters, done[0].Loss, done.Skip(done.Count * 3 / 4).Average(step => step.Loss));
    }
}

/// <summary>What supervised fine-tuning did.</summary>
/// <param name="Examples">Conversations in the data.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="Tokens">Completion tokens trained on.</param>
/// <param name="Parameters">The model's weights.</param>
/// <param name="FirstLoss">The first step's loss, nats a token.</param>
/// <param name="TrainLoss">Mean loss over the last quarter of the steps.</param>
public sealed record SupervisedFigures(int Examples, int Steps, long Tokens, long Parameters, double FirstLoss, double TrainLoss);
