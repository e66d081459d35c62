namespace Plum.Torch.Training;

/// <summary>An endless walk over item numbers, each pass in a fresh keyed order.</summary>
/// <param name="count">Items.</param>
/// <param name="key">Keys the orders; pass p is stream p.</param>
internal sealed class ShuffledOrder(int count, DrawKey key)
{
    private readonly int[] order = [.. Enumerable.Range(0, count)];
    private int pass;
    private int at = int.MaxValue;

    /// <summary>The next <paramref name="many"/> items; a pass ends where it ends, in the middle of a batch too.</summary>
    public IReadOnlyList<int> Take(int many)
    {
        List<int> taken = new(many);
        while (taken.Count < many)
        {
            if (at >= order.Length)
            {
                Array.Sort(order);
                key.Open(pass++).Shuffle<int>(order);
                at = 0;
            }

            taken.Add(order[at++]);
        }

        return taken;
    }
}
