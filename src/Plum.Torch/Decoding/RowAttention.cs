using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Plum.Torch.Kernels;

namespace Plum.Torch.Decoding;

/// <summary>
/// softmax(q k^T / sqrt(head_size)) v of one token over its own sequence's cache, in float32. The order of every sum
/// follows from the sequence alone, so that a token's numbers are the same bits in every batch.
/// </summary>
internal sealed unsafe class RowAttention : IDisposable
{
    private readonly CacheLayout layout;
    private readonly int group;
    private readonly float scale;
    private readonly NativeArray mixed;
    private NativeArray scores = new(0);
    private int stride;

    /// <summary>Attention of a model's layers, with scratch for one thread.</summary>
    /// <param name="layout">The cache's layout.</param>
    /// <param name="group">Query heads that share a key head (Ainslie et al. 2023).</param>
    public RowAttention(CacheLayout layout, int group)
    {
        this.layout = layout;
        this.group = group;
        scale = 1 / MathF.Sqrt(layout.HeadSize);
        // The last head's whole groups reach beyond the rest.
        mixed = new NativeArray(((group * layout.HeadSize) + IElement.Group) * sizeof(float));
    }

    /// <summary>One token's attention through one key head.</summary>
    /// <param name="layer">The layer's index.</param>
    /// <param name="head">The key head's index.</param>
    /// <param name="queries">[group, head_size], rotated.</param>
    /// <param name="cache">The sequence's keys and values, this token's among them.</param>
    /// <param name="position">The token's position: it sees up to itself.</param>
    /// <param name="window">Tokens it sees, itself included; null for all.</param>
    /// <returns>[group, head_size], until the next call.</returns>
    public float* Attend(int layer, int head, float* queries, TokenCache cache, int position, int? window)
    {
        int first = window is int w ? Math.Max(0, position - w + 1) : 0;
        // Room for a block that is seen in part, before and after.
        stride = position + 1 - first + (2 * CacheLayout.Tokens);
        if (scores.Bytes < (long)group * stride * sizeof(float))
        {
            scores.Dispose();
            scores = new NativeArray(2L * group * stride * sizeof(float));
        }

        if (layout.IsBrain)
            Attend<BrainElement>(layer, head, queries, cache.Segments, first, position + 1, mixed.Floats);
        else
            Attend<SingleElement>(layer, head, queries, cache.Segments, first, position + 1, mixed.Floats);
        return mixed.Floats;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        scores.Dispose();
        mixed.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Attend<T>(int layer, int head, float* queries, ReadOnlySpan<CacheSegment> cache, int first, int end, float* to)
        where T : struct, IElement
    {
        float* weights = scores.Floats + CacheLayout.Tokens;
        long keys = layout.Keys(layer, head), values = layout.Values(layer, head);
        int seen = 0;
        for (int i = FirstSegment(cache, first); i < cache.Length && cache[i].Start < end; i++)
        {
            CacheSegment segment = cache[i];
            int from = Math.Max(first - segment.Start, 0), until = Math.Min(segment.Count, end - segment.Start);
            // A block's unseen scores come out before and after the seen ones: the next block, or nobody, overwrites them.
            for (int query = 0; query < group; query++)
                Score<T>(queries + (query * layout.HeadSize), segment.Block.Start + keys, until, weights + (query * stride) + seen - from);
            seen += until - from;
        }

        Span<float> totals = stackalloc float[group];
        for (int query = 0; query < group; query++)
            totals[query] = Exponentials(weights + (query * stride), seen);
        for (int query = 0; query < group; query++)
            for (int part = 0; part < layout.HeadSize; part += IElement.Group)
                Mix<T>(weights + (query * stride), 1 / totals[query], cache, first, end, values + (part * T.Size), to + (query * layout.HeadSize) + part);
    }

    private static int FirstSegment(ReadOnlySpan<CacheSegment> cache, int first)
    {
        int segment = 0;
        while (cache[segment].Start + cache[segment].Count <= first)
            segment++;
        return segment;
    }

    /// <summary>A query's products with the keys of a block's first <paramref name="count"/> tokens, rounded up to sixteens.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Score<T>(float* query, byte* keys, int count, float* to)
        where T : struct, IElement
    {
        Vector512<float> even = default, odd = default;
        int size = layout.HeadSize, i = 0, step = CacheLayout.Tokens * T.Size;
        if (count <= 16)
        {
            for (; i + 2 <= size; i += 2, keys += 2 * step)
            {
                even = Vector512.FusedMultiplyAdd(Vector512.Create(query[i]), T.Lower(keys), even);
                odd = Vector512.FusedMultiplyAdd(Vector512.Create(query[i + 1]), T.Lower(keys + step), odd);
            }

            if (i < size)
                even = Vector512.FusedMultiplyAdd(Vector512.Create(query[i]), T.Lower(keys), even);
            ((even + odd) * scale).Store(to);
            return;
        }

        Vector512<float> evenUpper = default, oddUpper = default;
        for (; i + 2 <= size; i += 2, keys += 2 * step)
        {
            Vector512<float> x = Vector512.Create(query[i]), y = Vector512.Create(query[i + 1]);
            even = Vector512.FusedMultiplyAdd(x, T.Lower(keys), even);
            odd = Vector512.FusedMultiplyAdd(y, T.Lower(keys + step), odd);
            evenUpper = Vector512.FusedMultiplyAdd(x, T.Upper(keys), evenUpper);
            oddUpper = Vector512.FusedMultiplyAdd(y, T.Upper(keys + step), oddUpper);
        }

        if (i < size)
        {
            Vector512<float> x = Vector512.Create(query[i]);
            even = Vector512.FusedMultiplyAdd(x, T.Lower(keys), even);
            evenUpper = Vector512.FusedMultiplyAdd(x, T.Upper(keys), evenUpper);
        }

        ((even + odd) * scale).Store(to);
        ((evenUpper + oddUpper) * scale).Store(to + 16);
    }

    /// <summary>e^(score - largest) in place of every score; their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Exponentials(float* scores, int count)
    {
        float largest = Largest(scores, count), sum = 0;
        Vector512<float> shift = Vector512.Create(largest), sums = default;
        int i = 0;
        for (; i + 16 <= count; i += 16)
        {
            Vector512<float> weight = VectorMath.Exp(Vector512.Load(scores + i) - shift);
            weight.Store(scores + i);
            sums += weight;
        }

        if (i < count)
        {
            VectorMath.Exp(Vector512.Load(scores + i) - shift).Store(scores + i);
            for (; i < count; i++)
                sum += scores[i];
        }

        return sum + Vector512.Sum(sums);
    }

    private static float Largest(float* scores, int count)
    {
        Vector512<float> vectors = Vector512.Create(float.NegativeInfinity);
        int i = 0;
        for (; i + 16 <= count; i += 16)
            vectors = Vector512.MaxNative(vectors, Vector512.Load(scores + i));
        float largest = float.NegativeInfinity;
        for (int lane = 0; lane < 16; lane++)
            largest = Math.Max(largest, vectors[lane]);
        for (; i < count; i++)
            largest = Math.Max(largest, scores[i]);
        return largest;
    }

    /// <summary>The weighted mean of 32 dimensions of the values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Mix<T>(float* weights, float scale, ReadOnlySpan<CacheSegment> cache, int first, int end, long values, float* to)
        where T : struct, IElement
    {
        Vector512<float> even = default, odd = default, evenUpper = default, oddUpper = default;
        int step = layout.TokenBytes;
        for (int i = FirstSegment(cache, first); i < cache.Length && cache[i].Start < end; i++)
        {
            CacheSegment segment = cache[i];
            int from = Math.Max(first - segment.Start, 0), until = Math.Min(segment.Count, end - segment.Start);
            byte* value = segment.Block.Start + values + (from * step);
            for (; from + 2 <= until; from += 2, weights += 2, value += 2 * step)
            {
                Vector512<float> x = Vector512.Create(weights[0]), y = Vector512.Create(weights[1]);
                even = Vector512.FusedMultiplyAdd(x, T.Lower(value), even);
                evenUpper = Vector512.FusedMultiplyAdd(x, T.Upper(value), evenUpper);
                odd = Vector512.FusedMultiplyAdd(y, T.Lower(value + step), odd);
                oddUpper = Vector512.FusedMultiplyAdd(y, T.Upper(value + step), oddUpper);
            }

            if (from < until)
            {
                Vector512<float> x = Vector512.Create(*weights++);
                even = Vector512.FusedMultiplyAdd(x, T.Lower(value), even);
                evenUpper = Vector512.FusedMultiplyAdd(x, T.Upper(value), evenUpper);
            }
        }

        ((even + odd) * scale).Store(to);
        ((evenUpper + oddUpper) * scale).Store(to + 16);
    }
}
