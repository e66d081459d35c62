using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>NCA for pairs (Chen et al., 2024, arXiv 2402.05369, equation 13): -log sigma(beta c) - log sigma(-beta c)/2 - log sigma(-beta r)/2.</summary>
/// <param name="Beta">beta, positive.</param>
public sealed record NcaPairLoss(double Beta = 0.1) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => "nca_pair";

    /// <inheritdoc/>
    public override double RewardScale => Beta;

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state)
    {
        Tensor chosen = pairs.ChosenLogRatios * Beta, rejected = pairs.RejectedLogRatios * Beta;
        return -nn.functional.logsigmoid(chosen) - nn.functional.logsigmoid(-chosen) * 0.5 - nn.functional.logsigmoid(-rejected) * 0.5;
    }
}
