using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>
/// SimPO (Meng et al., 2024, arXiv 2405.14734, equation 6), without a reference: -log sigma(beta (log pi(y_w)/|y_w| - log pi(y_l)/|y_l|) - gamma),
/// smoothed as in cDPO.
/// </summary>
/// <param name="Beta">beta, positive; the paper uses 2.0 to 10.</param>
/// <param name="Gamma">gamma, the target margin; the paper advises gamma / beta near 0.5.</param>
/// <param name="LabelSmoothing">e, in [0, 0.5).</param>
public sealed record SimPoLoss(double Beta = 2.0, double Gamma = 1.0, double LabelSmoothing = 0) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => "simpo";

    /// <inheritdoc/>
    public override bool NeedsReference => false;

    /// <inheritdoc/>
    public override double RewardScale => Beta;

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state) =>
        Margins.Smoothed((Margins.Of(pairs.WithoutReference().PerToken()) - Gamma / Beta) * Beta, LabelSmoothing);

    /// <summary>beta log pi(y) / |y|, the paper's reward.</summary>
    /// <inheritdoc/>
    public override (Tensor Chosen, Tensor Rejected) Rewards(PairLogProbs pairs)
    {
        PairLogProbs averages = pairs.PerToken();
        return (averages.PolicyChosen * Beta, averages.PolicyRejected * Beta);
    }

    /// <inheritdoc/>
    public override PairLogProbs Told(PairLogProbs pairs) => pairs.PerToken();
}
