using Plum.Torch.Decoding;
using Plum.Torch.Transformers;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Decoding;

/// <summary>The two ways of sampling, each of which has to pass the same tests.</summary>
public enum SnapshotKind
{
    /// <summary>Plum's own, on the processor.</summary>
    Kernels,

    /// <summary>Through libtorch's operations, on any device.</summary>
    Libtorch,
}

internal static class SnapshotKindExtensions
{
    /// <summary>Freezes a decoder in this way; skips the test where this machine does not have it.</summary>
    public static Snapshot Freeze(this SnapshotKind kind, Decoder model, ScalarType dtype = ScalarType.Float32)
    {
        if (kind == SnapshotKind.Libtorch) return new TensorSnapshot(model, dtype);
        Assert.SkipUnless(Snapshot.SuitsKernels(model.Config, model.Device), "The kernels are for the processor, and for one with AVX2.");
        return new DecoderSnapshot(model, dtype);
    }
}
