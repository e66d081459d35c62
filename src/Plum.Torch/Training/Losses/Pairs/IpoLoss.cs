using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>
/// IPO (Azar et al., 2023, arXiv 2310.12036, equation 17): (c/|y_w| - r/|y_l| - 1/(2 beta))^2, log-ratios averaged over tokens as its authors
/// advised TRL.
/// </summary>
/// <param name="Beta">The paper's tau, positive.</param>
/// <param name="PerToken">Whether log-ratios are averaged over tokens; the paper's formula, OpenRLHF's and TRL's online trainer's is false.</param>
public sealed record IpoLoss(double Beta = 0.1, bool PerToken = true) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => "ipo";

    /// <inheritdoc/>
    public override double RewardScale => Beta;

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state) =>
        (Margins.Of(PerToken ? pairs.PerToken() : pairs) - 1 / (2 * Beta)).square();
}
