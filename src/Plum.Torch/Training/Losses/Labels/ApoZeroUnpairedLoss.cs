using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Labels;

/// <summary>
/// APO-zero on labels (D'Oosterlinck et al., 2024, arXiv 2408.06266; TRL's <c>apo_zero_unpaired</c>): KTO with z = 0,
/// lambda_D (1 - sigma(beta u)) where desirable and lambda_U sigma(beta u) where not. No mismatched completions.
/// </summary>
/// <param name="Beta">beta, positive.</param>
/// <param name="DesirableWeight">lambda_D; null: settled by <see cref="ForCounts"/>, 1 until then.</param>
/// <param name="UndesirableWeight">lambda_U; null: settled by <see cref="ForCounts"/>, 1 until then.</param>
public sealed record ApoZeroUnpairedLoss(double Beta = 0.1, double? DesirableWeight = null, double? UndesirableWeight = null) : LabelLoss
{
    /// <inheritdoc/>
    public override string Name => "apo_zero_unpaired";

    /// <inheritdoc/>
    public override double RewardScale => Beta;

    /// <inheritdoc/>
    public override LabelLoss ForCounts(long desirable, long undesirable)
    {
        LabelWeights weights = LabelWeights.For(desirable, undesirable, DesirableWeight, UndesirableWeight);
        return this with { DesirableWeight = weights.Desirable, UndesirableWeight = weights.Undesirable };
    }

    /// <inheritdoc/>
    public override Tensor PerCompletion(LabelLogProbs completions, LossState state)
    {
        Tensor signs = Signs(completions);
        Tensor losses = 1 - (completions.LogRatios * signs * Beta).sigmoid();
        return losses * LabelWeights.PerExample(signs, DesirableWeight ?? 1, UndesirableWeight ?? 1);
    }
}
