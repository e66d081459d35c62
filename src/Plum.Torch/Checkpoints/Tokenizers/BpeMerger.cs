namespace Plum.Torch.Checkpoints.Tokenizers;

/// <summary>Joins neighbouring symbols, lowest rank first and leftmost among equals, until no pair has a rank: n log n by a heap.</summary>
internal static class BpeMerger
{
    public static long Pair(int left, int right) => ((long)left << 32) | (uint)right;

    public static int[] Merge(Span<int> symbols, Dictionary<long, (int Rank, int Merged)> merges)
    {
        int[] ids = symbols.ToArray(), next = new int[ids.Length], previous = new int[ids.Length];
        PriorityQueue<(int Left, int LeftId, int RightId), long> queue = new();
        for (int i = 0; i < ids.Length; i++)
        {
            next[i] = i + 1;
            previous[i] = i - 1;
            if (i > 0) Offer(i - 1, i);
        }

        while (queue.TryDequeue(out (int Left, int LeftId, int RightId) pair, out _))
        {
            int right = ids[pair.Left] == pair.LeftId ? next[pair.Left] : ids.Length;
            if (right == ids.Length || ids[right] != pair.RightId) continue;
            ids[pair.Left] = merges[Pair(pair.LeftId, pair.RightId)].Merged;
            ids[right] = -1;
            next[pair.Left] = next[right];
            if (next[right] < ids.Length) previous[next[right]] = pair.Left;
            if (previous[pair.Left] >= 0) Offer(previous[pair.Left], pair.Left);
            if (next[pair.Left] < ids.Length) Offer(pair.Left, next[pair.Left]);
        }

        List<int> kept = [];
        for (int i = 0; i < ids.Length; i = next[i]) kept.Add(ids[i]);
        return [.. kept];

        void Offer(int left, int right)
        {
            if (merges.TryGetValue(Pair(ids[left], ids[right]), out (int Rank, int Merged) merge))
                queue.Enqueue((left, ids[left], ids[right]), ((long)merge.Rank << 32) | (uint)left);
        }
    }
}
