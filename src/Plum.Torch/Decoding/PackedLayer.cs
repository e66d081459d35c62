using Plum.Torch.Kernels;

namespace Plum.Torch.Decoding;

/// <summary>A layer's weights as kernels read them: the projections that share an input joined, norms in float32.</summary>
/// <param name="AttentionNorm">The norm before attention.</param>
/// <param name="Qkv">Queries, keys and values, (heads + 2 kv_heads) * head_size outputs.</param>
/// <param name="Output">Attention's output projection.</param>
/// <param name="MlpNorm">The norm before the MLP.</param>
/// <param name="Up">Gate and up, 2 * intermediate outputs, for gated MLPs; else up alone.</param>
/// <param name="Down">The MLP's output projection.</param>
internal sealed record PackedLayer(PackedNorm AttentionNorm, PackedLinear Qkv, PackedLinear Output, PackedNorm MlpNorm, PackedLinear Up, PackedLinear Down) : IDisposable
{
    /// <summary>What the projections take in memory.</summary>
    public long Bytes => Qkv.Bytes + Output.Bytes + Up.Bytes + Down.Bytes;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable part in (IDisposable[])[AttentionNorm, Qkv, Output, MlpNorm, Up, Down])
            part.Dispose();
    }
}
