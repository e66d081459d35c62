using System.Numerics;
using System.Runtime.InteropServices;
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
        ReadOnlySpan<float> q = Floats(contiguous), k = Floats(keys), v = Floats(values);
        Span<float> output = Floats(result);
        Span<float> scores = new float[columns];
        float scale = 1 / MathF.Sqrt(size);
        int token = kvHeads * size;
        for (int row = 0; row < rows; row++)
        {
            int last = (int)positions[row], first = window is int w ? Math.Max(0, last - w + 1) : 0;
            for (int head = 0; head < heads; head++)
            {
                int start = (((row * columns) + first) * token) + (head / group * size);
                int at = ((row * heads) + head) * size;
                Span<float> weights = scores[..(last - first + 1)];
                Score(q.Slice(at, size), k[start..], token, scale, weights);
                float sum = Exponentiate(weights);
                Mix(weights, sum, v[start..], token, output.Slice(at, size));
            }
        }

        return result;
    }

    private static void Score(ReadOnlySpan<float> query, ReadOnlySpan<float> keys, int stride, float scale, Span<float> scores)
    {
        for (int t = 0; t < scores.Length; t++)
        {
            ReadOnlySpan<float> key = keys.Slice(t * stride, query.Length);
            Vector<float> sum = Vector<float>.Zero;
            int i = 0;
            for (; i <= query.Length - Vector<float>.Count; i += Vector<float>.Count)
                sum += new Vector<float>(query[i..]) * new Vector<float>(key[i..]);
            float dot = Vector.Sum(sum);
            for (; i < query.Length; i++)
                dot += query[i] * key[i];
            scores[t] = dot * scale;
        }
    }

    /// <summary>Replaces scores by exp(score - largest), and returns their sum.</summary>
    private static float Exponentiate(Span<float> scores)
    {
        float largest = RowMath.Max(scores);
        RowMath.Exp(scores, largest, 1, scores);
        float sum = 0;
        foreach (float weight in scores)
            sum += weight;
        return sum;
    }

    private static void Mix(ReadOnlySpan<float> weights, float sum, ReadOnlySpan<float> values, int stride, Span<float> output)
    {
        output.Clear();
        for (int t = 0; t < weights.Length; t++)
        {
            float weight = weights[t] / sum;
            ReadOnlySpan<float> value = values.Slice(t * stride, output.Length);
            int i = 0;
            for (; i <= output.Length - Vector<float>.Count; i += Vector<float>.Count)
                (new Vector<float>(output[i..]) + (new Vector<float>(value[i..]) * weight)).CopyTo(output[i..]);
            for (; i < output.Length; i++)
                output[i] += value[i] * weight;
        }
    }

    private static Span<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
