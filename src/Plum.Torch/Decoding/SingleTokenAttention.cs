using System.Numerics;
using System.Runtime.InteropServices;
using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Torch.Decoding;

/// <summary>
/// Attention of one new token a row over that row's own keys, in float32 on the processor. libtorch's kernels make a
/// tiny matrix product a head and pad short rows to the longest; here each row reads just what it has.
/// </summary>
internal static class SingleTokenAttention
{
    /// <summary>softmax(q k^T / sqrt(head_size)) v for every row.</summary>
    /// <param name="queries">[rows, heads, 1, head_size] float32.</param>
    /// <param name="keys">[at least rows, columns, kv_heads, head_size] float32, contiguous.</param>
    /// <param name="values">As <paramref name="keys"/>.</param>
    /// <param name="positions">Each row's newest position: it sees columns up to it.</param>
    /// <param name="window">Keys a query sees, itself included; null for all.</param>
    /// <returns>[rows, heads, 1, head_size].</returns>
    public static Tensor Attend(Tensor queries, Tensor keys, Tensor values, ReadOnlySpan<long> positions, int? window)
    {
        int rows = (int)queries.shape[0], heads = (int)queries.shape[1], size = (int)queries.shape[3];
        int columns = (int)keys.shape[1], kvHeads = (int)keys.shape[2], group = heads / kvHeads;
        Tensor result = empty([rows, heads, 1, size], ScalarType.Float32);
        using Tensor contiguous = queries.contiguous();
        ReadOnlySpan<float> q = contiguous.Floats(), k = keys.Floats(), v = values.Floats();
        Span<float> output = result.Floats();
        float[] scores = new float[heads * columns];
        float scale = 1 / MathF.Sqrt(size);
        int token = kvHeads * size;
        for (int row = 0; row < rows; row++)
        {
            int last = (int)positions[row], first = window is int w ? Math.Max(0, last - w + 1) : 0, seen = last - first + 1;
            int start = ((row * columns) + first) * token, own = row * heads * size;
            // Token by token, all heads at once: the row's keys and values are read once and in the order of memory.
            for (int t = 0; t < seen; t++)
                for (int head = 0; head < heads; head++)
                    scores[(head * columns) + t] = scale * Dot(q.Slice(own + (head * size), size), k.Slice(start + (t * token) + (head / group * size), size));
            for (int head = 0; head < heads; head++)
                Softmax(scores.AsSpan(head * columns, seen));
            Span<float> mixed = output.Slice(own, heads * size);
            mixed.Clear();
            for (int t = 0; t < seen; t++)
                for (int head = 0; head < heads; head++)
                    AddScaled(mixed.Slice(head * size, size), v.Slice(start + (t * token) + (head / group * size), size), scores[(head * columns) + t]);
        }

        return result;
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ReadOnlySpan<Vector<float>> x = MemoryMarshal.Cast<float, Vector<float>>(a), y = MemoryMarshal.Cast<float, Vector<float>>(b);
        Vector<float> sum = Vector<float>.Zero;
        for (int i = 0; i < x.Length && i < y.Length; i++)
            sum += x[i] * y[i];
        float dot = Vector.Sum(sum);
        for (int i = x.Length * Vector<float>.Count; i < a.Length; i++)
            dot += a[i] * b[i];
        return dot;
    }

    private static void Softmax(Span<float> scores)
    {
        RowMath.Exp(scores, RowMath.Max(scores), 1, scores);
        float sum = 0;
        foreach (float weight in scores)
            sum += weight;
        foreach (ref float weight in scores)
            weight /= sum;
    }

    private static void AddScaled(Span<float> to, ReadOnlySpan<float> from, float weight)
    {
        Span<Vector<float>> y = MemoryMarshal.Cast<float, Vector<float>>(to);
        ReadOnlySpan<Vector<float>> x = MemoryMarshal.Cast<float, Vector<float>>(from);
        for (int i = 0; i < y.Length && i < x.Length; i++)
            y[i] += x[i] * weight;
        for (int i = y.Length * Vector<float>.Count; i < to.Length; i++)
            to[i] += from[i] * weight;
    }

}
