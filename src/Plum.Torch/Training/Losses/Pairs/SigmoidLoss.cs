using Plum.Torch.Training.Losses.Divergences;
using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>
/// DPO (Rafailov et al., 2023, arXiv 2305.18290, equation 7), with conservative label smoothing (Mitchell, 2023, "cDPO"):
/// -(1 - e) log sigma(beta d) - e log sigma(-beta d), d = c - r.
/// TRL has ignored smoothing here since its version 0.29; Plum does not.
/// </summary>
/// <param name="Beta">beta, positive.</param>
/// <param name="LabelSmoothing">e, the share of labels thought flipped, in [0, 0.5).</param>
/// <param name="Divergence">What takes the place of the log-ratios; null is the reverse KL.</param>
public sealed record SigmoidLoss(double Beta = 0.1, double LabelSmoothing = 0, Divergence? Divergence = null) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => "sigmoid";

    /// <inheritdoc/>
    public override double RewardScale => Beta;

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state) =>
        Margins.Smoothed(Margins.Of(pairs, Divergence) * Beta, LabelSmoothing);
}
