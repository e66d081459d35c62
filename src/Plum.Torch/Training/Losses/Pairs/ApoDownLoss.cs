using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>
/// APO-down (D'Oosterlinck et al., 2024, arXiv 2408.06266, equation 8), both down and rejected more, for chosen completions worse than the policy:
/// sigma(beta c) + 1 - sigma(beta (c - r)).
/// </summary>
/// <param name="Beta">beta, positive.</param>
public sealed record ApoDownLoss(double Beta = 0.1) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => "apo_down";

    /// <inheritdoc/>
    public override double RewardScale => Beta;

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state) =>
        (pairs.ChosenLogRatios * Beta).sigmoid() + 1 - ((pairs.ChosenLogRatios - pairs.RejectedLogRatios) * Beta).sigmoid();
}
