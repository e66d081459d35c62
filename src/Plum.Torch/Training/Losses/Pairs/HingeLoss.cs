using Plum.Torch.Training.Losses.Divergences;
using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>Hinge on the margin (SLiC-HF, Zhao et al., 2023, arXiv 2305.10425, normalised as in RSO, Liu et al., 2023): max(0, 1 - beta d).</summary>
/// <param name="Beta">The inverse of the margin, positive.</param>
/// <param name="Divergence">What takes the place of the log-ratios; null is the reverse KL.</param>
public sealed record HingeLoss(double Beta = 0.1, Divergence? Divergence = null) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => "hinge";

    /// <inheritdoc/>
    public override double RewardScale => Beta;

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state) => (1 - Margins.Of(pairs, Divergence) * Beta).relu();
}
