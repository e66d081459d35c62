using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>
/// Any pair loss with c/|y_w| and r/|y_l| in the place of c and r. Around <see cref="SigmoidLoss"/> it is TRL's <c>sigmoid_norm</c> and
/// Open Instruct's <c>dpo_norm</c> (Lambert et al., 2024, Tulu 3, arXiv 2411.15124, equation 6). Rewards in metrics stay those of the sums.
/// </summary>
/// <param name="Inner">The loss; one that averages over tokens by itself (ipo, simpo, odds_ratio) would be normalised twice.</param>
public sealed record LengthNormalizedLoss(PairLoss Inner) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => Inner.Name + "_norm";

    /// <inheritdoc/>
    public override bool NeedsReference => Inner.NeedsReference;

    /// <inheritdoc/>
    public override double RewardScale => Inner.RewardScale;

    /// <inheritdoc/>
    public override LossState Observe(PairLogProbs pairs, LossState state) => Inner.Observe(pairs.PerToken(), state);

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state) => Inner.PerPair(pairs.PerToken(), state);
}
