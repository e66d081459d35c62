using System.Runtime.InteropServices;

namespace Plum.Torch.Decoding;

/// <summary>
/// The keys and values of one sequence: blocks in the order of its tokens. A fork shares all of them and goes on in a
/// block of its own, so that the samples of a prompt keep its keys and values once and copy nothing.
/// </summary>
internal sealed class TokenCache(CachePool pool) : IDisposable
{
    private readonly List<CacheSegment> segments = [];

    /// <summary>The blocks, each with the tokens that this sequence sees of it.</summary>
    public ReadOnlySpan<CacheSegment> Segments => CollectionsMarshal.AsSpan(segments);

    /// <summary>Tokens there is room for.</summary>
    public int Length { get; private set; }

    private int OwnFrom { get; set; }

    /// <summary>Makes room for tokens to come.</summary>
    public void Extend(int tokens)
    {
        while (tokens > 0)
        {
            if (segments.Count == OwnFrom || segments[^1].Count == CacheLayout.Tokens)
                segments.Add(new CacheSegment(pool.Rent(), Length, 0));
            int taken = Math.Min(tokens, CacheLayout.Tokens - segments[^1].Count);
            segments[^1] = segments[^1] with { Count = segments[^1].Count + taken };
            Length += taken;
            tokens -= taken;
        }
    }

    /// <summary>Another sequence that begins with the same tokens; this one must not grow while forks live.</summary>
    public TokenCache Fork()
    {
        TokenCache fork = new(pool) { Length = Length, OwnFrom = segments.Count };
        foreach (CacheSegment segment in segments)
        {
            segment.Block.Users++;
            fork.segments.Add(segment);
        }

        return fork;
    }

    /// <summary>The block of a token, and its place there.</summary>
    public (CacheBlock Block, int Slot) Find(int position)
    {
        int at = segments.Count - 1;
        while (segments[at].Start > position)
            at--;
        return (segments[at].Block, position - segments[at].Start);
    }

    /// <summary>Gives the blocks back.</summary>
    public void Dispose()
    {
        foreach (CacheSegment segment in segments)
            pool.Return(segment.Block);
        segments.Clear();
    }
}

/// <summary>A block as a sequence sees it.</summary>
/// <param name="Block">The block.</param>
/// <param name="Start">The position of its first token.</param>
/// <param name="Count">How many of its tokens are the sequence's.</param>
internal readonly record struct CacheSegment(CacheBlock Block, int Start, int Count);
