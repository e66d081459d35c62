using Plum.Torch.Training.Losses.Divergences;
using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>What several pair losses share.</summary>
internal static class Margins
{
    /// <summary>d = c - r, or the difference of the divergence's scores, [batch].</summary>
    public static Tensor Of(PairLogProbs pairs, Divergence? divergence = null)
    {
        // (pi_w - pi_l) - (ref_w - ref_l), TRL's order of subtraction, so that float results agree to the last bits.
        if (divergence is null or ReverseKl)
        {
            Tensor policy = pairs.PolicyChosen - pairs.PolicyRejected;
            return pairs.ReferenceChosen is null || pairs.ReferenceRejected is null ? policy : policy - (pairs.ReferenceChosen - pairs.ReferenceRejected);
        }

        return divergence.Score(pairs.ChosenLogRatios) - divergence.Score(pairs.RejectedLogRatios);
    }

    /// <summary>-(1 - e) log sigma(x) - e log sigma(-x).</summary>
    public static Tensor Smoothed(Tensor scaled, double smoothing)
    {
        Tensor likely = -nn.functional.logsigmoid(scaled);
        return smoothing == 0 ? likely : likely * (1 - smoothing) - nn.functional.logsigmoid(-scaled) * smoothing;
    }
}
