using static TorchSharp.torch;

namespace Plum.Torch.Decoding;

/// <summary>How a model is run on this machine.</summary>
/// <param name="Workers">Threads: a batch each where the model is small, all on one batch where it is not.</param>
/// <param name="MaxRows">The most sequences of a batch in flight.</param>
/// <param name="DType">The type of the matrix products.</param>
/// <param name="Device">What computes; null for the processor.</param>
public sealed record EngineOptions(int Workers, int MaxRows = 128, ScalarType DType = ScalarType.Float32, Device? Device = null)
{
    /// <summary>One worker a processor.</summary>
    public static EngineOptions Default { get; } = new(Environment.ProcessorCount);
}
