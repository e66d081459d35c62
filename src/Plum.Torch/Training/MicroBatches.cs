namespace Plum.Torch.Training;

/// <summary>Parts an optimizer step's items into what is computed at once.</summary>
public static class MicroBatches
{
    /// <summary>Parts the items. One part a worker where there is no budget; else parts of at most so many tokens, items of like length together.</summary>
    /// <typeparam name="T">What an item is.</typeparam>
    /// <param name="items">The step's items.</param>
    /// <param name="tokens">What an item costs; one that exceeds the budget is a part by itself.</param>
    /// <param name="budget">Tokens of a part; 0 for no budget.</param>
    /// <param name="workers">Threads that share the step.</param>
    public static T[][] Of<T>(IReadOnlyList<T> items, Func<T, int> tokens, int budget, int workers)
    {
        if (budget == 0)
            return [.. Enumerable.Range(0, workers).Select(w => items.Where((_, n) => n % workers == w).ToArray()).Where(part => part.Length > 0)];
        List<List<T>> parts = [];
        int filled = 0;
        foreach (T item in items.OrderByDescending(tokens))
        {
            if (parts.Count == 0 || filled + tokens(item) > budget)
            {
                parts.Add([]);
                filled = 0;
            }

            parts[^1].Add(item);
            filled += tokens(item);
        }

        return [.. parts.Select(part => part.ToArray())];
    }
}
