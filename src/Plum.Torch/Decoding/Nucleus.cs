using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Plum.Torch.Decoding;

/// <summary>
/// The smallest logit of top-p's set without a sort: bisection, over the bit patterns of floats, for the largest
/// weight w such that the tokens of weight at least w hold the mass. Weights already decided are dropped now and then,
/// so that the work is a few vectorised passes over the row.
/// </summary>
internal static class Nucleus
{
    private const int StepsBetweenDrops = 5;

    /// <summary>The smallest logit that top-p keeps.</summary>
    public static float SmallestLogit(ReadOnlySpan<float> logits, double mass)
    {
        float max = RowMath.Max(logits);
        float[] rented = ArrayPool<float>.Shared.Rent(2 * logits.Length);
        Span<float> weights = rented.AsSpan(0, logits.Length), open = rented.AsSpan(logits.Length, logits.Length);
        RowMath.Exp(logits, max, 1, weights);
        float smallest = SmallestLogit(logits, max, weights, SmallestWeight(weights, open, mass));
        ArrayPool<float>.Shared.Return(rented);
        return smallest;
    }

    private static float SmallestWeight(ReadOnlySpan<float> weights, Span<float> scratch, double mass)
    {
        double total = RowMath.SumFrom(weights, 0), needed = mass * total, above = 0;

        // Tokens this small hold less than the mass left over even if all were; half for rounding.
        float negligible = (float)(0.5 * (total - needed) / weights.Length);

        // Non-negative floats are ordered as their bits. The tokens from `enough` up hold the mass, those from `little` up do not.
        int enough = BitConverter.SingleToInt32Bits(negligible), little = BitConverter.SingleToInt32Bits(1f) + 1;
        ReadOnlySpan<float> open = weights;
        for (int step = 1; little - enough > 1 && open.Length > 0; step++)
        {
            int middle = enough + (little - enough) / 2;
            if (above + RowMath.SumFrom(open, BitConverter.Int32BitsToSingle(middle)) >= needed) enough = middle;
            else little = middle;

            if (step % StepsBetweenDrops == 0)
            {
                float low = BitConverter.Int32BitsToSingle(enough), high = BitConverter.Int32BitsToSingle(little);
                above += RowMath.SumFrom(open, high);
                open = scratch[..Keep(open, low, high, scratch)];
            }
        }

        return BitConverter.Int32BitsToSingle(enough);
    }

    /// <summary>Gathers the weights in [low, high); <paramref name="kept"/> may be where they are.</summary>
    private static int Keep(ReadOnlySpan<float> weights, float low, float high, Span<float> kept)
    {
        int count = 0;
        foreach (float weight in weights)
        {
            kept[count] = weight;
            count += weight >= low & weight < high ? 1 : 0;
        }

        return count;
    }

    /// <summary>The smallest logit among tokens of at least this weight: exact, where a logarithm of the weight would round.</summary>
    private static float SmallestLogit(ReadOnlySpan<float> logits, float max, ReadOnlySpan<float> weights, float smallestWeight)
    {
        ReadOnlySpan<Vector256<float>> logitVectors = MemoryMarshal.Cast<float, Vector256<float>>(logits);
        ReadOnlySpan<Vector256<float>> weightVectors = MemoryMarshal.Cast<float, Vector256<float>>(weights);
        Vector256<float> bound = Vector256.Create(smallestWeight), largest = Vector256.Create(max), least = largest;
        for (int i = 0; i < logitVectors.Length; i++)
            least = Vector256.MinNative(least, Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(weightVectors[i], bound), logitVectors[i], largest));

        float smallest = max;
        for (int lane = 0; lane < Vector256<float>.Count; lane++) smallest = Math.Min(smallest, least[lane]);
        for (int token = logitVectors.Length * Vector256<float>.Count; token < logits.Length; token++)
        {
            if (weights[token] >= smallestWeight) smallest = Math.Min(smallest, logits[token]);
        }

        return smallest;
    }
}
