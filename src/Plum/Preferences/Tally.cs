namespace Plum.Preferences;

/// <summary>Counts by reason, in the order of the reasons' names.</summary>
internal sealed class Tally
{
    private readonly SortedDictionary<string, int> counts = new(StringComparer.Ordinal);

    /// <summary>The counts; reasons that never occurred are absent.</summary>
    public IReadOnlyDictionary<string, int> Counts => counts;

    /// <summary>Adds to a reason's count.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="count">How many; none is fine.</param>
    public void Add(string reason, int count = 1)
    {
        if (count > 0) counts[reason] = counts.GetValueOrDefault(reason) + count;
    }
}
