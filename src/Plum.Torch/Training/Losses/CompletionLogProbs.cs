using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses;

/// <summary>Log-probabilities of completions to imitate: sums over completion tokens.</summary>
/// <param name="Policy">log pi(y|x), [batch], fp32 or fp64, with gradient.</param>
/// <param name="Lengths">Completion tokens |y|, [batch].</param>
public sealed record CompletionLogProbs(Tensor Policy, Tensor Lengths)
{
    /// <summary>Mean |y| over the whole optimizer step, for token means under accumulation.</summary>
    /// <value>null: the mean of this batch.</value>
    public double? MeanLength { get; init; }
}
