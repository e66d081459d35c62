using Plum.Models;
using Plum.Torch;
using Plum.Torch.Decoding;
using Plum.Torch.Training;

namespace Plum.Cli.Runs;

/// <summary>This machine's way to run and to train checkpoint folders.</summary>
/// <param name="workers">Threads.</param>
/// <param name="precision">The number type of matrix products in sampling.</param>
/// <param name="device">What computes, as a recipe names it.</param>
internal sealed class Engine(int workers, string precision, string device)
{
    private readonly EngineOptions options = new(workers, DType: TorchRuntime.TypeOf(precision, TorchDevice.Of(device)), Device: TorchDevice.Of(device));

    public CheckpointTrainer Trainer => new CheckpointTrainer(workers, options.Device);

    public ILanguageModel Open(string folder) => Open(folder, null);

    public ILanguageModel Open(string folder, string? adapter) => LocalModel.Open(folder, options, adapter);
}
