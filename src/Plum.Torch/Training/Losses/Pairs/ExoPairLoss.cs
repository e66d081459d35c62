using Plum.Torch.Training.Losses.Divergences;
using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>
/// EXO for pairs (Ji et al., 2024, arXiv 2402.00856, equation 16), the reverse KL between the policy's preference and the smoothed label:
/// sigma(beta d) (log sigma(beta d) - log(1 - e)) + sigma(-beta d) (log sigma(-beta d) - log e).
/// </summary>
/// <param name="Beta">beta, positive.</param>
/// <param name="LabelSmoothing">e, in (0, 0.5). At 0 the loss is infinite: older versions of TRL silently took 0.001, newer ones refuse, and so does Plum.</param>
/// <param name="Divergence">What takes the place of the log-ratios; null is the reverse KL.</param>
/// <param name="ZeroMeansOneThousandth">TRL 0.19's behaviour: a smoothing of 0 is taken as 0.001.</param>
public sealed record ExoPairLoss(double Beta = 0.1, double LabelSmoothing = 0.001, Divergence? Divergence = null, bool ZeroMeansOneThousandth = false) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => "exo_pair";

    /// <inheritdoc/>
    public override double RewardScale => Beta;

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state)
    {
        double smoothing = LabelSmoothing == 0 && ZeroMeansOneThousandth ? 0.001 : LabelSmoothing;
        if (smoothing is not (> 0 and < 0.5))
            throw new InputException($"exo_pair needs a label_smoothing between 0 and 0.5, both excluded, not {smoothing}: at 0 its loss is infinite.");
        Tensor scaled = Margins.Of(pairs, Divergence) * Beta;
        return scaled.sigmoid() * (nn.functional.logsigmoid(scaled) - Math.Log(1 - smoothing))
            + (-scaled).sigmoid() * (nn.functional.logsigmoid(-scaled) - Math.Log(smoothing));
    }
}
