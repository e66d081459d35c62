using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses;

/// <summary>The head applied to hidden states a chunk of tokens at a time, without autograd. Logits are fp32 (fp64 for fp64) and overwritten in place.</summary>
internal static class HeadChunks
{
    /// <summary>What the forward pass over all chunks gives; every tensor [tokens] but the directions.</summary>
    /// <param name="LogProbs">log p(target).</param>
    /// <param name="LogPartitions">log sum exp of the logits.</param>
    /// <param name="Directions">d log p(target) / d hidden, [tokens, width], the dtype of the hidden states.</param>
    /// <param name="Entropies">Entropies in nats.</param>
    public sealed record Scores(Tensor LogProbs, Tensor LogPartitions, Tensor? Directions, Tensor? Entropies);

    public static Scores Forward(Tensor hidden, Tensor head, Tensor targets, int size, bool directions, bool entropies)
    {
        using IDisposable frozen = no_grad();
        long tokens = hidden.shape[0];
        ScalarType precision = Precision(hidden);
        // sum_v p_v logit_v is the mean row of the head times the hidden state: no further pass over the logits, at the precision of the mean.
        bool byMean = entropies && directions && hidden.dtype == ScalarType.BFloat16;
        Scores scores = new(
            empty([tokens], precision, hidden.device),
            empty([tokens], precision, hidden.device),
            directions ? empty_like(hidden) : null,
            entropies ? empty([tokens], precision, hidden.device) : null);
        for (long start = 0; start < tokens; start += size)
        {
            using DisposeScope scope = NewDisposeScope();
            long count = Math.Min(size, tokens - start);
            Tensor target = targets.narrow(0, start, count);
            Tensor logits = Logits(hidden.narrow(0, start, count), head, precision);
            Tensor largest = logits.amax([1], keepdim: true);
            Tensor shifted = logits.sub_(largest);
            Tensor ofTarget = shifted.gather(1, target.unsqueeze(1)).squeeze(1);
            Tensor weights = entropies && !byMean ? shifted.exp() : shifted.exp_();
            Tensor total = weights.sum(1), logTotal = total.log();
            scores.LogProbs.narrow(0, start, count).copy_(ofTarget - logTotal);
            scores.LogPartitions.narrow(0, start, count).copy_(logTotal + largest.squeeze(1));
            if (entropies && !byMean) scores.Entropies!.narrow(0, start, count).copy_(logTotal - shifted.mul_(weights).sum(1) / total);
            if (directions)
            {
                Tensor mean = mm(weights.to_type(head.dtype), head) / total.unsqueeze(1);
                scores.Directions!.narrow(0, start, count).copy_(head.index_select(0, target) - mean);
                if (byMean)
                    scores.Entropies!.narrow(0, start, count).copy_(logTotal + largest.squeeze(1) - (mean.to_type(precision) * hidden.narrow(0, start, count).to_type(precision)).sum(1));
            }
        }

        return scores;
    }

    /// <summary>
    /// The gradients for hidden states (null where not needed) and head, given that of the log-probabilities:
    /// d/d logits = g (onehot - p). The head's is summed in <see cref="Precision"/>.
    /// </summary>
    public static (Tensor? Hidden, Tensor Head) Backward(Tensor hidden, Tensor head, Tensor targets, Tensor logPartitions, Tensor gradient, int size, bool needsHidden)
    {
        using IDisposable frozen = no_grad();
        long tokens = hidden.shape[0];
        ScalarType precision = Precision(hidden);
        Tensor? hiddenGradient = needsHidden ? empty_like(hidden) : null;
        Tensor headGradient = zeros(head.shape, precision, head.device);
        for (long start = 0; start < tokens; start += size)
        {
            using DisposeScope scope = NewDisposeScope();
            long count = Math.Min(size, tokens - start);
            Tensor part = hidden.narrow(0, start, count), weight = gradient.narrow(0, start, count).unsqueeze(1);
            Tensor slopes = Logits(part, head, precision).sub_(logPartitions.narrow(0, start, count).unsqueeze(1)).exp_().mul_(-weight);
            slopes.scatter_add_(1, targets.narrow(0, start, count).unsqueeze(1), weight);
            Tensor narrow = slopes.to_type(head.dtype);
            hiddenGradient?.narrow(0, start, count).copy_(mm(narrow, head));
            headGradient.add_(mm(narrow.t(), part));
        }

        return (hiddenGradient, headGradient.dtype == head.dtype ? headGradient : headGradient.to_type(head.dtype));
    }

    private static Tensor Logits(Tensor hidden, Tensor head, ScalarType precision) =>
        nn.functional.linear(hidden, head).to_type(precision);

    private static ScalarType Precision(Tensor hidden) => hidden.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
}
