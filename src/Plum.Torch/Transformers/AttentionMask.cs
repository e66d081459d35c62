using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>Who may look at whom, and scaled dot-product attention under it.</summary>
public static class AttentionMask
{
    /// <summary>Up to so many keys, bf16 attention holds its scores whole.</summary>
    private const int WholeScores = 1024;

    /// <summary>Token i sees tokens j &lt;= i.</summary>
    /// <param name="length">Tokens of a row.</param>
    /// <param name="dtype">The type of the scores.</param>
    /// <param name="device">Where they are; null for the processor.</param>
    /// <returns>[1, 1, length, length]: 0 where attention is allowed, minus infinity elsewhere.</returns>
    public static Tensor Causal(int length, ScalarType dtype, Device? device = null)
    {
        Tensor i = arange(length, ScalarType.Int64, device);
        return Hide(zeros([1, 1, length, length], dtype, device), i.unsqueeze(0).gt(i.unsqueeze(1)));
    }

    /// <summary>For each layer the mask with its sliding window: a query at position i sees keys at positions above i - window.</summary>
    /// <param name="mask">The mask without windows, [rows, 1, queries, keys].</param>
    /// <param name="windows">For each layer the keys a query sees, itself included; null for all.</param>
    /// <param name="queryPositions">[rows, queries] int64.</param>
    /// <param name="keyPositions">[rows, keys] int64.</param>
    /// <returns>One mask a layer; layers of one window share it.</returns>
    public static IReadOnlyList<Tensor> PerLayer(Tensor mask, IReadOnlyList<int?> windows, Tensor queryPositions, Tensor keyPositions)
    {
        Dictionary<int, Tensor> windowed = [];
        foreach (int window in windows.OfType<int>().Distinct())
            windowed[window] = Hide(mask, (queryPositions.unsqueeze(2) - keyPositions.unsqueeze(1)).ge(window).unsqueeze(1));
        return [.. windows.Select(window => window is int w ? windowed[w] : mask)];
    }

    private static Tensor Hide(Tensor mask, Tensor where) => mask.masked_fill(where, Constants.Of(double.NegativeInfinity));

    /// <summary>softmax(q k^T / sqrt(head_dim)) v, the key heads shared by groups of query heads (Ainslie et al. 2023).</summary>
    /// <param name="queries">[rows, heads, length, head_dim].</param>
    /// <param name="keys">[rows, kv_heads, keys, head_dim].</param>
    /// <param name="values">[rows, kv_heads, keys, head_dim].</param>
    /// <param name="mask">Broadcasts to [rows, heads, length, keys], 0 where allowed, minus infinity elsewhere.</param>
    public static Tensor Attend(Tensor queries, Tensor keys, Tensor values, Tensor mask)
    {
        long heads = queries.shape[1], kvHeads = keys.shape[1];
        if (heads != kvHeads)
        {
            keys = Repeat(keys, heads / kvHeads);
            values = Repeat(values, heads / kvHeads);
        }

        // libtorch's fused kernel makes many tiny bf16 products, and its backward pass takes six times as long as whole ones.
        return queries.dtype == ScalarType.BFloat16 && keys.shape[2] <= WholeScores
            ? AttendWhole(queries, keys, values, mask)
            : nn.functional.scaled_dot_product_attention(queries, keys, values, mask);
    }

    /// <summary>Attention with all scores in memory at once.</summary>
    private static Tensor AttendWhole(Tensor queries, Tensor keys, Tensor values, Tensor mask)
    {
        long rows = queries.shape[0], heads = queries.shape[1], length = queries.shape[2], keyCount = keys.shape[2], headDim = queries.shape[3];
        Tensor Flat(Tensor x) => x.reshape(rows * heads, x.shape[2], headDim);
        Tensor scores = bmm(Flat(queries) * Constants.Of(1 / Math.Sqrt(headDim)), Flat(keys).transpose(1, 2)).view(rows, heads, length, keyCount);
        Tensor weights = (scores + mask).softmax(-1);
        return bmm(weights.view(rows * heads, length, keyCount), Flat(values)).view(rows, heads, length, headDim);
    }

    private static Tensor Repeat(Tensor x, long times)
    {
        long[] shape = x.shape;
        return x.unsqueeze(2).expand(shape[0], shape[1], times, shape[2], shape[3]).reshape(shape[0], shape[1] * times, shape[2], shape[3]);
    }
}
