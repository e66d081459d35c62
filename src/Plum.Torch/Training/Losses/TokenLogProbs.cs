using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses;

/// <summary>Log-probabilities of tokens laid end to end without padding.</summary>
/// <param name="LogProbs">log p of each target token, [tokens], fp32 or fp64, with gradient where hidden states or head have one.</param>
/// <param name="Entropies">Entropy of each position's distribution in nats, [tokens], without gradient; null where not asked for.</param>
public sealed record TokenLogProbs(Tensor LogProbs, Tensor? Entropies)
{
    /// <summary>Sums over sequences, [count], with gradient.</summary>
    /// <param name="sequences">To which sequence each token belongs, [tokens], int64, in [0, count).</param>
    /// <param name="count">How many sequences.</param>
    /// <param name="weights">What each token counts, [tokens]: more on the span where chosen and rejected differ (Focused-DPO), or null for 1.</param>
    public Tensor Sum(Tensor sequences, long count, Tensor? weights = null)
    {
        using Tensor start = zeros([count], LogProbs.dtype, LogProbs.device);
        if (weights is null) return start.index_add(0, sequences, LogProbs, 1);
        using Tensor weighted = LogProbs * weights;
        return start.index_add(0, sequences, weighted, 1);
    }
}
