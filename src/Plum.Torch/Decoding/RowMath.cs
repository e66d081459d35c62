using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Plum.Torch.Decoding;

/// <summary>The few vectorised sums over one row of logits that drawing a token needs. Exponentials in float, totals in double.</summary>
internal static class RowMath
{
    /// <summary>How many elements share one partial sum.</summary>
    public const int Block = 512;

    /// <summary>The largest element; a row with NaN, of infinities alone, or without elements is an error.</summary>
    public static float Max(ReadOnlySpan<float> row)
    {
        // NaN does not survive MaxNative on every machine, so it is looked for by itself.
        ReadOnlySpan<Vector256<float>> vectors = MemoryMarshal.Cast<float, Vector256<float>>(row);
        Vector256<float> largest = Vector256.Create(float.NegativeInfinity), unordered = Vector256<float>.Zero;
        foreach (Vector256<float> vector in vectors)
        {
            largest = Vector256.MaxNative(largest, vector);
            unordered |= ~Vector256.Equals(vector, vector);
        }

        float max = float.NegativeInfinity;
        for (int lane = 0; lane < Vector256<float>.Count; lane++) max = Math.Max(max, largest[lane]);
        foreach (float rest in row[(vectors.Length * Vector256<float>.Count)..]) max = Math.Max(max, rest);
        if (unordered != Vector256<float>.Zero || !float.IsFinite(max))
            throw new ArithmeticException("A row of logits holds NaN or no finite largest value; the model's weights or activations have diverged.");
        return max;
    }

    /// <summary>The sum of exp((x - shift) * scale) over at most <see cref="Block"/> elements.</summary>
    public static float SumExp(ReadOnlySpan<float> block, float shift, float scale)
    {
        ReadOnlySpan<Vector256<float>> vectors = MemoryMarshal.Cast<float, Vector256<float>>(block);
        Vector256<float> sums = Vector256<float>.Zero;
        foreach (Vector256<float> vector in vectors)
            sums += Vector256.Exp((vector - Vector256.Create(shift)) * scale);
        float sum = Vector256.Sum(sums);
        foreach (float rest in block[(vectors.Length * Vector256<float>.Count)..]) sum += MathF.Exp((rest - shift) * scale);
        return sum;
    }

    /// <summary>Writes exp((x - shift) * scale) of every element, the very terms of <see cref="SumExp"/>.</summary>
    public static void Exp(ReadOnlySpan<float> row, float shift, float scale, Span<float> result)
    {
        ReadOnlySpan<Vector256<float>> vectors = MemoryMarshal.Cast<float, Vector256<float>>(row);
        Span<Vector256<float>> results = MemoryMarshal.Cast<float, Vector256<float>>(result);
        for (int i = 0; i < vectors.Length; i++) results[i] = Vector256.Exp((vectors[i] - Vector256.Create(shift)) * scale);
        for (int i = vectors.Length * Vector256<float>.Count; i < row.Length; i++) result[i] = MathF.Exp((row[i] - shift) * scale);
    }

    /// <summary>The sum, in double, of the elements that are at least <paramref name="smallest"/>.</summary>
    public static double SumFrom(ReadOnlySpan<float> row, float smallest)
    {
        ReadOnlySpan<Vector256<float>> vectors = MemoryMarshal.Cast<float, Vector256<float>>(row);
        Vector256<float> bound = Vector256.Create(smallest);
        Vector256<double> lower = Vector256<double>.Zero, upper = Vector256<double>.Zero;
        foreach (Vector256<float> vector in vectors)
        {
            Vector256<float> kept = vector & Vector256.GreaterThanOrEqual(vector, bound);
            lower += Vector256.WidenLower(kept);
            upper += Vector256.WidenUpper(kept);
        }

        double sum = Vector256.Sum(lower + upper);
        foreach (float rest in row[(vectors.Length * Vector256<float>.Count)..]) sum += rest >= smallest ? rest : 0;
        return sum;
    }
}
