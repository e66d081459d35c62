using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Labels;

/// <summary>
/// KTO (Ethayarajh et al., 2024, arXiv 2402.01306, equation 8): with u = log pi - log pi_ref, lambda_D (1 - sigma(beta (u - z))) where desirable and
/// lambda_U (1 - sigma(beta (z - u))) where not. z = max(0, mean of log pi(y'|x) - log pi_ref(y'|x)) over completions y' of other prompts, without gradient.
/// </summary>
/// <param name="Beta">beta, positive.</param>
/// <param name="DesirableWeight">lambda_D; null: settled by <see cref="ForCounts"/>, 1 until then.</param>
/// <param name="UndesirableWeight">lambda_U; null: settled by <see cref="ForCounts"/>, 1 until then.</param>
public sealed record KtoLoss(double Beta = 0.1, double? DesirableWeight = null, double? UndesirableWeight = null) : LabelLoss
{
    /// <inheritdoc/>
    public override string Name => "kto";

    /// <inheritdoc/>
    public override bool NeedsMismatched => true;

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
        Tensor losses = 1 - ((completions.LogRatios - Kl(completions)) * signs * Beta).sigmoid();
        return losses * LabelWeights.PerExample(signs, DesirableWeight ?? 1, UndesirableWeight ?? 1);
    }

    /// <inheritdoc/>
    public override void Measure(LabelLogProbs completions, LossMetrics metrics) => metrics.Add("kl", Kl(completions));

    /// <summary>z, a scalar without gradient; 0 where the batch has neither a KL nor mismatched completions.</summary>
    /// <param name="completions">The batch.</param>
    public static Tensor Kl(LabelLogProbs completions)
    {
        using IDisposable frozen = no_grad();
        if (completions.Kl is not null) return completions.Kl.detach().clamp(min: 0);
        if (completions.MismatchedPolicy is null || completions.MismatchedReference is null) return zeros([], completions.Policy.dtype, completions.Policy.device);
        return (completions.MismatchedPolicy - completions.MismatchedReference).mean().clamp(min: 0);
    }
}
