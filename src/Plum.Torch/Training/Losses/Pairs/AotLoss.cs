using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>
/// AOT on paired data (Melnyk et al., 2024, arXiv 2406.05882, equation 9): the batch's sorted policy margins against its sorted reference margins,
/// -(1 - e) log sigma(beta delta) - e log sigma(-beta delta). The losses are in sorted order, not in that of the pairs.
/// TRL has called this <c>aot</c> in every version.
/// </summary>
/// <param name="Beta">beta, positive.</param>
/// <param name="LabelSmoothing">e, in [0, 0.5).</param>
public sealed record AotLoss(double Beta = 0.1, double LabelSmoothing = 0) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => "aot";

    /// <inheritdoc/>
    public override double RewardScale => Beta;

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state)
    {
        Tensor margins = (pairs.PolicyChosen - pairs.PolicyRejected).sort(0).Values;
        if (pairs.ReferenceChosen is not null && pairs.ReferenceRejected is not null)
            margins -= (pairs.ReferenceChosen - pairs.ReferenceRejected).sort(0).Values;
        return Margins.Smoothed(margins * Beta, LabelSmoothing);
    }
}
