using Plum.Rounds;
using Plum.Torch.Checkpoints;
using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>Opens a checkpoint folder to be trained.</summary>
internal static class Trained
{
    /// <summary>All its weights, or low-rank updates beside them.</summary>
    /// <param name="folder">The checkpoint folder.</param>
    /// <param name="lora">The updates; null for all weights.</param>
    /// <param name="dtype">The type of the matrix products, in which a frozen base is held.</param>
    /// <param name="key">Keys fresh updates.</param>
    /// <param name="device">Where the weights are put.</param>
    public static TrainedModel Load(string folder, LoraOptions? lora, ScalarType dtype, DrawKey key, Device device)
    {
        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder);
        return lora is null ? new FullModel(Decoder.Load(checkpoint, device: device)) : new LoraModel(FrozenDecoder.Load(checkpoint, dtype, device), lora, key);
    }

    /// <summary>How many weights are trained.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="lora">The updates; null for all weights.</param>
    public static long Count(ModelConfig config, LoraOptions? lora)
    {
        if (lora is null) return config.Parameters;
        HashSet<string> targets = [.. lora.Roles];
        return TensorLayout.For(config).Parameters
            .Where(p => p.Name is { IsLinearWeight: true, InLayer: true } && targets.Contains(p.Name.RoleName)).Sum(p => lora.Rank * (p.Shape[0] + p.Shape[1]));
    }
}
