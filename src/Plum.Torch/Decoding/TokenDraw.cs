using System.Buffers;
using Plum.Models;

namespace Plum.Torch.Decoding;

/// <summary>
/// Draws one token of a row of logits by the inverse of its cumulative distribution. Without truncation or penalty
/// the row is read three times (largest value, partial sums, one block) and nothing is written.
/// It does not draw randomness: the caller brings one uniform number a token, so that a text depends on its key alone.
/// </summary>
public static class TokenDraw
{
    /// <summary>Draws a token.</summary>
    /// <param name="logits">One row of raw logits, [vocabulary]; left as it is.</param>
    /// <param name="options">How tokens are drawn; temperature 0 takes the first of the largest.</param>
    /// <param name="uniform">In [0, 1), from the stream of the caller's key.</param>
    /// <param name="logProb">log softmax of the raw logits at the drawn token: temperature 1, no truncation, no penalty.</param>
    /// <param name="seen">Tokens of prompt and completion so far, for the repetition penalty; may be empty where it is off.</param>
    /// <returns>The token's id.</returns>
    /// <exception cref="ArithmeticException">The row holds NaN, or no finite largest value.</exception>
    public static int Draw(ReadOnlySpan<float> logits, SamplingOptions options, double uniform, out float logProb, ReadOnlySpan<int> seen = default)
    {
        int blocks = (logits.Length + RowMath.Block - 1) / RowMath.Block;
        float[] rented = ArrayPool<float>.Shared.Rent(blocks);
        Span<float> sums = rented.AsSpan(0, blocks);
        float max = RowMath.Max(logits);
        double total = Partition(logits, max, 1, sums);

        int token;
        if (IsPlain(options))
        {
            if (options.Temperature == 0)
            {
                token = logits.IndexOf(max);
            }
            else
            {
                float scale = (float)(1 / options.Temperature);
                token = Invert(logits, max, scale, sums, uniform * (scale == 1 ? total : Partition(logits, max, scale, sums)));
            }
        }
        else
        {
            token = DrawTransformed(logits, options, uniform, seen, sums);
        }

        ArrayPool<float>.Shared.Return(rented);
        logProb = (float)(logits[token] - max - Math.Log(total));
        return token;
    }

    private static bool IsPlain(SamplingOptions options) =>
        options is { TopK: <= 0, TopP: >= 1, MinP: <= 0, RepetitionPenalty: 1 };

    private static int DrawTransformed(ReadOnlySpan<float> logits, SamplingOptions options, double uniform, ReadOnlySpan<int> seen, Span<float> sums)
    {
        float[] rented = ArrayPool<float>.Shared.Rent(logits.Length);
        Span<float> row = rented.AsSpan(0, logits.Length);
        logits.CopyTo(row);
        int token;
        if (options.Temperature == 0)
        {
            // No truncation removes the likeliest token, so the penalty alone decides.
            LogitTransforms.PenalizeRepetition(row, seen, options.RepetitionPenalty);
            token = row.IndexOf(RowMath.Max(row));
        }
        else
        {
            LogitTransforms.Apply(row, options, seen);
            float max = RowMath.Max(row);
            token = Invert(row, max, 1, sums, uniform * Partition(row, max, 1, sums));
        }

        ArrayPool<float>.Shared.Return(rented);
        return token;
    }

    /// <summary>Fills the partial sums of exp((x - max) * scale), one a block, and returns the total.</summary>
    private static double Partition(ReadOnlySpan<float> row, float max, float scale, Span<float> sums)
    {
        double total = 0;
        for (int block = 0; block < sums.Length; block++)
        {
            int start = block * RowMath.Block;
            sums[block] = RowMath.SumExp(row[start..Math.Min(start + RowMath.Block, row.Length)], max, scale);
            total += sums[block];
        }

        return total;
    }

    /// <summary>The first token whose cumulative weight exceeds <paramref name="target"/>; never one of weight 0.</summary>
    private static int Invert(ReadOnlySpan<float> row, float max, float scale, ReadOnlySpan<float> sums, double target)
    {
        int chosen = 0;
        double before = 0;
        for (int block = 0; block < sums.Length; block++)
        {
            if (sums[block] <= 0) continue;
            chosen = block;
            if (before + sums[block] > target) break;
            before += sums[block];
        }

        int start = chosen * RowMath.Block, last = -1;
        ReadOnlySpan<float> candidates = row[start..Math.Min(start + RowMath.Block, row.Length)];
        Span<float> weights = stackalloc float[candidates.Length];
        RowMath.Exp(candidates, max, scale, weights);
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] <= 0) continue;
            last = start + i;
            before += weights[i];
            if (before > target) break;
        }

        return last;
    }
}
