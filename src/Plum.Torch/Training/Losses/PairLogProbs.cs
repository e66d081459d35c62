using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses;

/// <summary>Log-probabilities of a batch of pairs: sums over completion tokens, the end token included, the prompt excluded.</summary>
/// <param name="PolicyChosen">log pi(y_w|x), [batch], fp32 or fp64, with gradient.</param>
/// <param name="PolicyRejected">log pi(y_l|x), [batch].</param>
/// <param name="ReferenceChosen">log pi_ref(y_w|x), [batch], without gradient; null where no loss needs it.</param>
/// <param name="ReferenceRejected">log pi_ref(y_l|x), [batch].</param>
/// <param name="ChosenLengths">Completion tokens |y_w|, [batch], the dtype of the log-probabilities or an integer one.</param>
/// <param name="RejectedLengths">Completion tokens |y_l|, [batch].</param>
public sealed record PairLogProbs(
    Tensor PolicyChosen,
    Tensor PolicyRejected,
    Tensor? ReferenceChosen,
    Tensor? ReferenceRejected,
    Tensor ChosenLengths,
    Tensor RejectedLengths)
{
    /// <summary>Mean |y_w| over the whole optimizer step, for token-mean likelihoods under accumulation.</summary>
    /// <value>null: the mean of this batch.</value>
    public double? MeanChosenLength { get; init; }

    /// <summary>c = log pi(y_w|x) - log pi_ref(y_w|x), [batch]; without a reference the first term alone.</summary>
    public Tensor ChosenLogRatios => ReferenceChosen is null ? PolicyChosen : PolicyChosen - ReferenceChosen;

    /// <summary>r = log pi(y_l|x) - log pi_ref(y_l|x), [batch]; without a reference the first term alone.</summary>
    public Tensor RejectedLogRatios => ReferenceRejected is null ? PolicyRejected : PolicyRejected - ReferenceRejected;

    /// <summary>Every log-probability divided by its completion's length.</summary>
    public PairLogProbs PerToken() => this with
    {
        PolicyChosen = PolicyChosen / ChosenLengths,
        PolicyRejected = PolicyRejected / RejectedLengths,
        ReferenceChosen = ReferenceChosen is null ? null : ReferenceChosen / ChosenLengths,
        ReferenceRejected = ReferenceRejected is null ? null : ReferenceRejected / RejectedLengths,
    };

    /// <summary>The same pairs under a uniform reference.</summary>
    public PairLogProbs WithoutReference() => this with { ReferenceChosen = null, ReferenceRejected = null };
}
