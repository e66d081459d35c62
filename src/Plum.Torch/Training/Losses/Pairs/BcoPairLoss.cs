using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>
/// BCO on pairs (Jung et al., 2024, arXiv 2404.04656, equation 9): -log sigma(beta c - delta) - log sigma(-(beta r - delta)),
/// delta the running mean of rewards, this batch included.
/// </summary>
/// <param name="Beta">beta, positive.</param>
/// <param name="Shift">Whether delta is subtracted; false is what TRL's versions from 1.0 do.</param>
public sealed record BcoPairLoss(double Beta = 0.1, bool Shift = true) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => "bco_pair";

    /// <inheritdoc/>
    public override double RewardScale => Beta;

    /// <inheritdoc/>
    public override LossState Observe(PairLogProbs pairs, LossState state)
    {
        if (!Shift) return state;
        using IDisposable frozen = no_grad();
        using Tensor mean = cat([pairs.ChosenLogRatios * Beta, pairs.RejectedLogRatios * Beta]).mean().to_type(ScalarType.Float64);
        return state.Observe(mean.item<double>());
    }

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state)
    {
        double delta = Shift ? state.MeanReward : 0;
        return -nn.functional.logsigmoid(pairs.ChosenLogRatios * Beta - delta) - nn.functional.logsigmoid(delta - pairs.RejectedLogRatios * Beta);
    }
}
