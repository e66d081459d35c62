using Plum.Torch.Checkpoints;
using Plum.Torch.Kernels;
using static TorchSharp.torch;

namespace Plum.Torch.Decoding;

/// <summary>
/// Memory for keys and values in blocks of a few tokens of all layers (Kwon et al. 2023, PagedAttention): a sequence takes
/// blocks as it grows and gives them back when it ends; nothing is ever moved. For one thread at a time.
/// </summary>
internal sealed class CachePool : IDisposable
{
    private readonly List<NativeArray> all = [];
    private readonly Stack<CacheBlock> free = [];

    /// <summary>An empty pool.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="dtype">The type of keys and values.</param>
    public CachePool(ModelConfig config, ScalarType dtype) => Layout = new CacheLayout(config, dtype);

    /// <summary>Where things are in a block.</summary>
    public CacheLayout Layout { get; }

    /// <summary>What the blocks take in memory, free ones counted.</summary>
    public long Bytes => all.Sum(memory => memory.Bytes);

    /// <summary>A block with no tokens and one user.</summary>
    public CacheBlock Rent()
    {
        if (!free.TryPop(out CacheBlock? block))
        {
            NativeArray memory = new(Layout.BlockBytes);
            all.Add(memory);
            block = new CacheBlock(memory);
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
/// <param name="memory">As <see cref="CacheLayout"/> says.</param>
internal sealed class CacheBlock(NativeArray memory)
{
    /// <summary>How many sequences hold it.</summary>
    public int Users { get; set; }

    /// <summary>The first byte.</summary>
    public unsafe byte* Start => memory.Start;
}
