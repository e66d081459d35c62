using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>
/// AOT on unpaired data (Melnyk et al., 2024, arXiv 2406.05882, equation 10): the batch's sorted log-ratios of chosen completions against the sorted
/// ones of rejected completions. The losses are in sorted order. TRL 0.19 calls this <c>aot_pair</c>, newer versions <c>aot_unpaired</c>.
/// </summary>
/// <param name="Beta">beta, positive.</param>
/// <param name="LabelSmoothing">e, in [0, 0.5).</param>
public sealed record AotUnpairedLoss(double Beta = 0.1, double LabelSmoothing = 0) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => "aot_unpaired";

    /// <inheritdoc/>
    public override double RewardScale => Beta;

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state)
    {
        Tensor margins = pairs.ChosenLogRatios.sort(0).Values - pairs.RejectedLogRatios.sort(0).Values;
        return Margins.Smoothed(margins * Beta, LabelSmoothing);
    }
}
