namespace Plum.Torch.Training;

/// <summary>Sets some of the data aside to be watched, by lot.</summary>
internal static class HeldOutSplit
{
    /// <summary>Parts the items; the order of each part is that of the whole.</summary>
    /// <typeparam name="T">What an item is.</typeparam>
    /// <param name="all">The items.</param>
    /// <param name="share">The share set aside, at least one item and not all; 0 sets none aside.</param>
    /// <param name="key">Keys the lot.</param>
    public static (T[] Trained, T[] HeldOut) Of<T>(T[] all, double share, DrawKey key)
    {
        int watched = share > 0 ? Math.Clamp((int)Math.Round(share * all.Length), 1, all.Length - 1) : 0;
        if (watched == 0) return (all, []);
        int[] order = [.. Enumerable.Range(0, all.Length)];
        (key with { Purpose = key.Purpose + "/held-out" }).Open().Shuffle<int>(order);
        HashSet<int> held = [.. order.Take(watched)];
        return ([.. all.Where((_, i) => !held.Contains(i))], [.. all.Where((_, i) => held.Contains(i))]);
    }
}
