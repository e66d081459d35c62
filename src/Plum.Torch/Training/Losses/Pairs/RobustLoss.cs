using Plum.Torch.Training.Losses.Divergences;
using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>
/// Robust DPO (Chowdhury et al., 2024, arXiv 2403.00409, equation 13), unbiased under flipped labels:
/// (-(1 - e) log sigma(beta d) + e log sigma(-beta d)) / (1 - 2 e).
/// </summary>
/// <param name="Beta">beta, positive.</param>
/// <param name="LabelSmoothing">e, the probability that a label is flipped, in [0, 0.5).</param>
/// <param name="Divergence">What takes the place of the log-ratios; null is the reverse KL.</param>
public sealed record RobustLoss(double Beta = 0.1, double LabelSmoothing = 0, Divergence? Divergence = null) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => "robust";

    /// <inheritdoc/>
    public override double RewardScale => Beta;

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state)
    {
        Tensor scaled = Margins.Of(pairs, Divergence) * Beta;
        return (nn.functional.logsigmoid(-scaled) * LabelSmoothing - nn.functional.logsigmoid(scaled) * (1 - LabelSmoothing)) / (1 - 2 * LabelSmoothing);
    }
}
