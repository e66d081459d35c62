using Plum.Torch.Kernels;

namespace Plum.Torch.Decoding;

/// <summary>
/// Memory for keys and values in blocks of a few tokens of all layers (Kwon et al. 2023, PagedAttention): a sequence takes
/// blocks as it grows and gives them back when it ends; nothing is ever moved. For one thread at a time.
/// </summary>
internal sealed class CachePool : IDisposable
{
    private readonly List<NativeArray> all = [];
    private readonly Stack<CacheBlock> free = [];

    private readonly long blockBytes;

    /// <summary>An empty pool.</summary>
    /// <param name="layout">Where things are in a block; null for blocks that are numbers alone, their keys and values being kept elsewhere.</param>
    public CachePool(CacheLayout? layout = null) => blockBytes = layout?.BlockBytes ?? 0;

    /// <summary>Blocks, free ones counted.</summary>
    public int Count => all.Count;

    /// <summary>What the blocks take in memory, free ones counted.</summary>
    public long Bytes => all.Sum(memory => memory.Bytes);

    /// <summary>A block with no tokens and one user.</summary>
    public CacheBlock Rent()
    {
        if (!free.TryPop(out CacheBlock? block))
        {
            block = new CacheBlock(all.Count, new NativeArray(blockBytes));
            all.Add(block.Memory);
        }

        block.Users = 1;
        return block;
    }

    /// <summary>One user less; the last one's block is free again.</summary>
    public void Return(CacheBlock block)
    {
        if (--block.Users == 0)
            free.Push(block);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (NativeArray memory in all)
            memory.Dispose();
    }
}

/// <summary>Keys and values of up to 32 tokens in a row.</summary>
/// <param name="index">Its number in the pool, from 0.</param>
/// <param name="memory">As <see cref="CacheLayout"/> says.</param>
internal sealed class CacheBlock(int index, NativeArray memory)
{
    /// <summary>Its number in the pool, from 0.</summary>
    public int Index => index;

    /// <summary>Its memory.</summary>
    public NativeArray Memory => memory;

    /// <summary>How many sequences hold it.</summary>
    public int Users { get; set; }

    /// <summary>The first byte.</summary>
    public unsafe byte* Start => memory.Start;
}
