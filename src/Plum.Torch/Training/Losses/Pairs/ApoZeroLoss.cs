using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>
/// APO-zero (D'Oosterlinck et al., 2024, arXiv 2408.06266, equation 7), chosen up and rejected down, for chosen completions better than the policy:
/// 1 - sigma(beta c) + sigma(beta r).
/// </summary>
/// <param name="Beta">beta, positive.</param>
public sealed record ApoZeroLoss(double Beta = 0.1) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => "apo_zero";

    /// <inheritdoc/>
    public override double RewardScale => Beta;

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state) =>
        1 - (pairs.ChosenLogRatios * Beta).sigmoid() + (pairs.RejectedLogRatios * Beta).sigmoid();
}
