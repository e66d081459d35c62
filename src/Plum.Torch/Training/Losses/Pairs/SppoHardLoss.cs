using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>SPPO with hard labels (Wu et al., 2024, arXiv 2405.00675, equation 4.7 with P = 1 and 0): (c - 1/(2 beta))^2 + (r + 1/(2 beta))^2.</summary>
/// <param name="Beta">beta, positive.</param>
public sealed record SppoHardLoss(double Beta = 0.1) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => "sppo_hard";

    /// <inheritdoc/>
    public override double RewardScale => Beta;

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state) =>
        (pairs.ChosenLogRatios - 0.5 / Beta).square() + (pairs.RejectedLogRatios + 0.5 / Beta).square();
}
