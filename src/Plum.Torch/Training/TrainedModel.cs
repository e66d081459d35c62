using Plum.Torch.Checkpoints;
using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>What is trained: float32 masters, and the weights of a forward pass made from them by differentiable operations.</summary>
public abstract class TrainedModel : IDisposable
{
    /// <summary>Shape and rotary tables.</summary>
    public abstract Decoder Model { get; }

    /// <summary>The tensors that are trained, float32, by name.</summary>
    public abstract IReadOnlyDictionary<string, Tensor> Masters { get; }

    /// <summary>Makes a forward pass's weights.</summary>
    /// <param name="leaves">The masters, or a worker's leaves over their storage.</param>
    /// <param name="dtype">The type of the matrix products.</param>
    /// <param name="drops">Keys what dropout drops; null drops nothing.</param>
    /// <returns>Tensors owned by the caller's dispose scope, or by this.</returns>
    public abstract DecoderWeights Arrange(IReadOnlyDictionary<string, Tensor> leaves, ScalarType dtype, DrawKey? drops = null);

    /// <summary>Writes the trained policy as a checkpoint folder.</summary>
    /// <param name="path">Where it is to appear.</param>
    /// <param name="source">The folder it was read from.</param>
    public abstract void Save(string path, string source);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>All weights are trained.</summary>
/// <param name="model">The decoder, in float32; owned from here on.</param>
public sealed class FullModel(Decoder model) : TrainedModel
{
    /// <inheritdoc/>
    public override Decoder Model => model;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> Masters => model.Parameters;

    /// <inheritdoc/>
    public override DecoderWeights Arrange(IReadOnlyDictionary<string, Tensor> leaves, ScalarType dtype, DrawKey? drops = null) =>
        DecoderWeights.Arrange(model.Config, leaves, dtype);

    /// <inheritdoc/>
    public override void Save(string path, string source) =>
        CheckpointFolder.Save(path, model.Config, model.Parameters.Select(p => (p.Key, p.Value)), StorageType.Float32, source);

    /// <inheritdoc/>
    public override void Dispose() => model.Dispose();
}
