using Plum.Torch.Checkpoints;
using Plum.Torch.Kernels;
using static TorchSharp.torch;

namespace Plum.Torch.Decoding;

/// <summary>
/// Where keys and values are in a block of 32 tokens, by layer and head: keys as [head_size][token], so that one vector is
/// one dimension of sixteen tokens and a product with a query needs no sums across lanes; values as [token][head_size].
/// </summary>
internal sealed class CacheLayout
{
    /// <summary>Tokens of a block.</summary>
    public const int Tokens = IElement.Group;

    private readonly int keyBytes;
    private readonly int headBytes;
    private readonly int layerBytes;

    /// <summary>The layout for a model.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="dtype">The type of keys and values.</param>
    public CacheLayout(ModelConfig config, ScalarType dtype)
    {
        IsBrain = dtype == ScalarType.BFloat16;
        HeadSize = config.HeadSize;
        int size = IsBrain ? BrainElement.Size : SingleElement.Size;
        TokenBytes = (config.HeadSize + IElement.Group - 1) / IElement.Group * IElement.Group * size;
        keyBytes = Tokens * config.HeadSize * size;
        headBytes = keyBytes + (Tokens * TokenBytes);
        layerBytes = config.KeyValueHeads * headBytes;
        BlockBytes = (long)config.Layers * layerBytes;
    }

    /// <summary>Whether numbers are bfloat16 rather than float32.</summary>
    public bool IsBrain { get; }

    /// <summary>Numbers of a head.</summary>
    public int HeadSize { get; }

    /// <summary>Bytes from one token's values to the next one's.</summary>
    public int TokenBytes { get; }

    /// <summary>Bytes of a block.</summary>
    public long BlockBytes { get; }

    /// <summary>Where a head's keys begin in a block.</summary>
    public long Keys(int layer, int head) => ((long)layer * layerBytes) + (head * headBytes);

    /// <summary>Where a head's values begin in a block.</summary>
    public long Values(int layer, int head) => Keys(layer, head) + keyBytes;

    /// <summary>Writes one token of a head.</summary>
    /// <param name="block">The block's first byte.</param>
    /// <param name="layer">The layer's index.</param>
    /// <param name="head">The key head's index.</param>
    /// <param name="slot">Which of the block's tokens.</param>
    /// <param name="key">head_size numbers.</param>
    /// <param name="value">head_size numbers.</param>
    public unsafe void Write(byte* block, int layer, int head, int slot, float* key, float* value)
    {
        if (IsBrain)
            Write<BrainElement>(block + Keys(layer, head), block + Values(layer, head) + (slot * TokenBytes), slot, key, value);
        else
            Write<SingleElement>(block + Keys(layer, head), block + Values(layer, head) + (slot * TokenBytes), slot, key, value);
    }

    private unsafe void Write<T>(byte* keys, byte* values, int slot, float* key, float* value)
        where T : struct, IElement
    {
        for (int i = 0; i < HeadSize; i++)
        {
            T.Write(keys + (i * Tokens * T.Size), slot, key[i]);
            T.Write(values + (i / IElement.Group * IElement.Group * T.Size), i % IElement.Group, value[i]);
        }
    }
}
