using Plum.Torch.Training.Losses.Likelihoods;
using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>
/// -log pi(y_w|x), averaged: the likelihood term of RPO (Pang et al., 2024, arXiv 2404.19733, equation 1: over each completion's tokens),
/// of CPO, and TRL's <c>sft</c> (over the batch's tokens).
/// </summary>
/// <param name="Average">Over what to average.</param>
/// <param name="Beta">Scales the rewards of metrics alone.</param>
public sealed record ChosenLikelihoodLoss(LikelihoodAverage Average = LikelihoodAverage.Tokens, double Beta = 0.1) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => "sft";

    /// <inheritdoc/>
    public override bool NeedsReference => false;

    /// <inheritdoc/>
    public override double RewardScale => Beta;

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state) =>
        LikelihoodAverages.Of(Average, pairs.PolicyChosen, pairs.ChosenLengths, pairs.MeanChosenLength);
}
