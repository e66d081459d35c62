using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses;

/// <summary>Log-probabilities of a batch of labelled completions: sums over completion tokens.</summary>
/// <param name="Policy">log pi(y|x), [batch], fp32 or fp64, with gradient.</param>
/// <param name="Reference">log pi_ref(y|x), [batch], without gradient.</param>
/// <param name="Labels">True where the completion is desirable, [batch], bool.</param>
/// <param name="MismatchedPolicy">log pi(y'|x) of completions of other prompts, [any], without gradient; null where no loss needs it.</param>
/// <param name="MismatchedReference">log pi_ref(y'|x), of the same shape.</param>
public sealed record LabelLogProbs(
    Tensor Policy,
    Tensor Reference,
    Tensor Labels,
    Tensor? MismatchedPolicy = null,
    Tensor? MismatchedReference = null)
{
    /// <summary>KTO's z_0 of the whole optimizer step, a scalar tensor, where the caller estimated it over more than this batch.</summary>
    /// <value>null: estimated from the mismatched completions of this batch; without those, 0.</value>
    public Tensor? Kl { get; init; }

    /// <summary>log pi(y|x) - log pi_ref(y|x), [batch].</summary>
    public Tensor LogRatios => Policy - Reference;
}
