using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses;

/// <summary>
/// Log-probabilities of given tokens from the last hidden states and the head, chunk by chunk, so that no more than one chunk's logits exist:
/// 6,000 tokens of a vocabulary of 150,000 would be 3.6 GB of logits and as much again of gradient.
/// </summary>
/// <remarks>
/// The gradient of a log-probability for its hidden state h does not depend on what follows: it is W[target] - sum_v p_v W[v].
/// With a frozen head (LoRA) it is computed beside the value, and the backward pass is one product a element: two matrix products in all,
/// where keeping the logits takes two as well and recomputing them three. With a trained head the logits are recomputed in the backward pass.
/// </remarks>
public static class SequenceLogProbs
{
    private const long ChunkElements = 1 << 25;

    /// <summary>Scores target tokens.</summary>
    /// <param name="hidden">Last hidden states after the final norm, at the positions that predict, [tokens, width]; fp32, fp64 or bf16.</param>
    /// <param name="head">The head's weight, [vocabulary, width], the dtype of <paramref name="hidden"/>.</param>
    /// <param name="targets">The tokens to score, [tokens], int64.</param>
    /// <param name="entropies">Whether to compute entropies as well; it costs two more passes over the logits.</param>
    /// <param name="chunk">Tokens a chunk; null takes as many as 2^25 logits (128 MB in fp32) allow.</param>
    /// <param name="fused">Whether a frozen head's logits go through Plum's own kernel, where it fits.</param>
    public static TokenLogProbs FromHidden(Tensor hidden, Tensor head, Tensor targets, bool entropies = false, int? chunk = null, bool fused = false)
    {
        long tokens = hidden.shape[0], vocabulary = head.shape[0];
        if (hidden.dim() != 2 || head.dim() != 2 || head.shape[1] != hidden.shape[1] || targets.dim() != 1 || targets.shape[0] != tokens)
            throw new ArgumentException($"Hidden states [{string.Join(", ", hidden.shape)}], head [{string.Join(", ", head.shape)}] and targets [{string.Join(", ", targets.shape)}] do not fit.");

        using DisposeScope scope = NewDisposeScope();
        int size = chunk ?? (int)Math.Clamp(ChunkElements / vocabulary, 16, 8192);
        bool differentiable = is_grad_enabled();
        bool trainedHead = differentiable && head.requires_grad, direction = differentiable && hidden.requires_grad && !trainedHead;
        HeadChunks.Scores scores = fused && !trainedHead && FusedHeadChunks.Fits(hidden, head)
            ? FusedHeadChunks.Forward(hidden, head, targets, size, direction)
            : HeadChunks.Forward(hidden, head, targets, size, direction, entropies);
        Tensor logProbs = scores.LogProbs;
        if (trainedHead)
        {
            logProbs = TrainedHead.apply(hidden, head, targets, scores.LogProbs, scores.LogPartitions, size);
        }
        else if (direction)
        {
            // Adds an exact zero whose gradient for the hidden state is the direction.
            Tensor slope = (hidden.to_type(logProbs.dtype) * scores.Directions!.to_type(logProbs.dtype)).sum(-1);
            logProbs += slope - slope.detach();
        }

        return new TokenLogProbs(logProbs.MoveToOuterDisposeScope(), entropies ? scores.Entropies!.MoveToOuterDisposeScope() : null);
    }

    /// <summary>
    /// Sums of completion tokens' log-probabilities from full logits, for small vocabularies and for comparison with TRL's <c>get_batch_logps</c>:
    /// position t predicts token t + 1.
    /// </summary>
    /// <param name="logits">[batch, positions, vocabulary].</param>
    /// <param name="labels">Token ids, [batch, positions], int64; -100 where the token does not count.</param>
    /// <returns>The sums and the number of counted tokens, [batch] each, the sums in fp32 or fp64.</returns>
    public static (Tensor Sums, Tensor Lengths) FromLogits(Tensor logits, Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();
        long predictions = labels.shape[1] - 1;
        Tensor targets = labels.narrow(1, 1, predictions), counted = targets.ne(-100);
        Tensor scores = logits.narrow(1, 0, predictions);
        if (scores.dtype != ScalarType.Float64) scores = scores.to_type(ScalarType.Float32);
        Tensor logProbs = scores.gather(2, targets.clamp(min: 0).unsqueeze(-1)).squeeze(-1) - scores.logsumexp(-1);
        Tensor sums = (logProbs * counted).sum(-1), lengths = counted.to_type(logProbs.dtype).sum(-1);
        return (sums.MoveToOuterDisposeScope(), lengths.MoveToOuterDisposeScope());
    }
}
