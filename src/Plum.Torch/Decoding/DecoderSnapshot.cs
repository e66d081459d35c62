using Plum.Torch.Checkpoints;
using Plum.Torch.Transformers;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Decoding;

/// <summary>A decoder's weights frozen and arranged for sampling; several threads may read it at once.</summary>
public sealed class DecoderSnapshot : IDisposable
{
    /// <summary>Copies and arranges the parameters.</summary>
    /// <param name="model">The decoder as it is now; later changes to it are not seen.</param>
    /// <param name="dtype">The type of the matrix products.</param>
    public DecoderSnapshot(Decoder model, ScalarType dtype)
    {
        using var _ = no_grad();
        Config = model.Config;
        Rotary = model.Rotary;
        DType = dtype;
        using DisposeScope scope = NewDisposeScope();
        Weights = DecoderWeights.Arrange(
            model.Config, model.Parameters.ToDictionary(p => p.Key, p => p.Value.detach().clone()), dtype);
        foreach (Tensor tensor in Weights.Tensors())
            tensor.DetachFromDisposeScope();
    }

    /// <summary>The model's shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>The arranged weights.</summary>
    public DecoderWeights Weights { get; }

    /// <summary>The rotary tables, shared with the decoder; null where positions are learned.</summary>
    public RotaryTables? Rotary { get; }

    /// <summary>The type of the matrix products.</summary>
    public ScalarType DType { get; }

    /// <summary>Logits of hidden states, copied out as float32.</summary>
    /// <param name="hidden">[rows, hidden].</param>
    /// <returns>[rows, vocabulary] row by row.</returns>
    public float[] Logits(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.linear(hidden, Weights.Head).to(ScalarType.Float32).Floats().ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in Weights.Tensors())
            tensor.Dispose();
    }
}
