using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>A trained update beside a frozen projection: y = W x + B A dropout(x) (LoRA, Hu et al., arXiv 2106.09685).</summary>
/// <param name="A">[rank, in].</param>
/// <param name="B">[out, rank], its scale multiplied in.</param>
/// <param name="Dropout">The share of the input's elements that is dropped; 0 drops none.</param>
/// <param name="Seed">Keys what is dropped: a pass that is run again drops the same.</param>
public sealed record LowRank(Tensor A, Tensor B, double Dropout = 0, ulong Seed = 0)
{
    /// <summary>What is added to the projection's output.</summary>
    /// <param name="x">The projection's input, [.., in].</param>
    public Tensor Of(Tensor x) => nn.functional.linear(nn.functional.linear(Dropout > 0 ? Dropped(x) : x, A), B);

    private Tensor Dropped(Tensor x)
    {
        using Generator draws = new(Seed);
        // Drawn on the processor, so that every device drops the same.
        Tensor kept = rand(x.shape, generator: draws).ge(Constants.Of(Dropout)).to(x.dtype, x.device);
        return x * kept * Constants.Of(1 / (1 - Dropout));
    }
}

/// <summary>A layer's low-rank updates; null where a projection has none. Projections that share an input share one update.</summary>
/// <param name="Qkv">Of queries, keys and values.</param>
/// <param name="Output">Of attention's output projection.</param>
/// <param name="Up">Of gate and up.</param>
/// <param name="Down">Of down.</param>
public sealed record LayerUpdates(LowRank? Qkv, LowRank? Output, LowRank? Up, LowRank? Down);
