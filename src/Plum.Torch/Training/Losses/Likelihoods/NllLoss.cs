using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Likelihoods;

/// <summary>
/// Negative log-likelihood, -log pi(y|x): supervised fine-tuning on references, and rejection-sampling fine-tuning (RFT, Yuan et al., 2023)
/// on the policy's own completions that passed. The two differ in their data alone.
/// </summary>
/// <param name="Average">Over what to average.</param>
public sealed record NllLoss(LikelihoodAverage Average = LikelihoodAverage.Tokens) : LikelihoodLoss
{
    /// <inheritdoc/>
    public override string Name => "nll";

    /// <inheritdoc/>
    public override Tensor PerCompletion(CompletionLogProbs completions) =>
        LikelihoodAverages.Of(Average, completions.Policy, completions.Lengths, completions.MeanLength);
}
