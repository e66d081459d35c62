using Plum.Torch.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Decoding;

/// <summary>
/// Keys and values of earlier tokens, one row a sequence in flight, sized to need: rows are copied in from shared
/// prefixes, columns grow in blocks, and rows move into the gaps that finished ones leave.
/// </summary>
public sealed class KeyValueCache : IDisposable
{
    private const int Block = 32;

    private readonly ModelConfig config;
    private readonly ScalarType dtype;
    private readonly Tensor[] keys;
    private readonly Tensor[] values;

    /// <summary>An empty cache.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="rows">Sequences to make room for at first.</param>
    /// <param name="columns">Tokens to make room for at first.</param>
    /// <param name="dtype">The type of keys and values.</param>
    public KeyValueCache(ModelConfig config, int rows, int columns, ScalarType dtype)
    {
        this.config = config;
        this.dtype = dtype;
        Rows = rows;
        Columns = RoundUp(columns);
        keys = new Tensor[config.Layers];
        values = new Tensor[config.Layers];
        for (int layer = 0; layer < config.Layers; layer++)
        {
            keys[layer] = NewBuffer();
            values[layer] = NewBuffer();
        }
    }

    /// <summary>Sequences that fit before the next growth.</summary>
    public int Rows { get; private set; }

    /// <summary>Tokens of a sequence that fit before the next growth.</summary>
    public int Columns { get; private set; }

    /// <summary>Writes one new token of every row, and returns all that the rows may look at.</summary>
    /// <param name="layer">The layer's index.</param>
    /// <param name="newKeys">[rows, kv_heads, 1, head_dim].</param>
    /// <param name="newValues">[rows, kv_heads, 1, head_dim].</param>
    /// <param name="row">[rows] int64, 0 to rows - 1.</param>
    /// <param name="column">[rows] int64: each row's position.</param>
    /// <returns>The whole buffers of keys and values, [at least rows, columns, kv_heads, head_dim].</returns>
    public (Tensor Keys, Tensor Values) Append(int layer, Tensor newKeys, Tensor newValues, Tensor row, Tensor column)
    {
        keys[layer].index_put_(newKeys.squeeze(2), row, column);
        values[layer].index_put_(newValues.squeeze(2), row, column);
        return (keys[layer], values[layer]);
    }

    /// <summary>Copies shared prefixes into rows.</summary>
    /// <param name="rows">[n] int64: where to.</param>
    /// <param name="prefix">The prefixes computed once a prompt.</param>
    /// <param name="from">[n] int64: which prompt each row continues.</param>
    public void Fill(Tensor rows, PrefixCache prefix, Tensor from)
    {
        for (int layer = 0; layer < config.Layers; layer++)
        {
            using DisposeScope scope = NewDisposeScope();
            keys[layer].narrow(1, 0, prefix.Length).index_copy_(0, rows, prefix.Keys[layer].index_select(0, from));
            values[layer].narrow(1, 0, prefix.Length).index_copy_(0, rows, prefix.Values[layer].index_select(0, from));
        }
    }

    /// <summary>Makes room for at least so many sequences, and tokens a sequence.</summary>
    public void Reserve(int rows, int columns)
    {
        if (rows <= Rows && columns <= Columns)
            return;
        int oldRows = Rows, oldColumns = Columns;
        Rows = Math.Max(rows, Rows);
        if (columns > Columns)
            Columns = RoundUp(Math.Max(columns, Columns + (Columns / 2)));
        using DisposeScope scope = NewDisposeScope();
        foreach (Tensor[] buffers in (Tensor[][])[keys, values])
        {
            for (int layer = 0; layer < buffers.Length; layer++)
            {
                Tensor grown = NewBuffer();
                grown.narrow(0, 0, oldRows).narrow(1, 0, oldColumns).copy_(buffers[layer]);
                buffers[layer].Dispose();
                buffers[layer] = grown;
            }
        }
    }

    /// <summary>Copies rows over others, whole.</summary>
    /// <param name="from">Rows to copy.</param>
    /// <param name="to">As many rows to overwrite; none of them in <paramref name="from"/>.</param>
    public void Move(IReadOnlyList<long> from, IReadOnlyList<long> to)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor source = tensor(from.ToArray()), target = tensor(to.ToArray());
        foreach (Tensor buffer in keys.Concat(values))
            buffer.index_copy_(0, target, buffer.index_select(0, source));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor buffer in keys.Concat(values))
            buffer.Dispose();
    }

    private static int RoundUp(int columns) => (columns + Block - 1) / Block * Block;

    // Zeros, not empty memory: a masked column still takes part in the product with weight 0, and 0 * NaN is NaN.
    private Tensor NewBuffer() => zeros([Rows, Columns, config.KeyValueHeads, config.HeadSize], dtype).DetachFromDisposeScope();
}
