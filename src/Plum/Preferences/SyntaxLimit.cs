namespace Plum.Preferences;

/// <summary>Keeps programs that do not parse to a share of the failing examples.</summary>
internal static class SyntaxLimit
{
    /// <summary>Leaves out, by lot, those beyond the share; the order of the others stays.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="failing">An example's failing program; null where it has none and does not count.</param>
    /// <param name="share">The most that they may be of the examples with a failing program.</param>
    /// <param name="draws">The lot.</param>
    /// <param name="left">How many were left out.</param>
    public static List<T> Apply<T>(List<T> examples, Func<T, DistinctProgram?> failing, double share, RandomStream draws, out int left)
    {
        int parsing = examples.Count(example => failing(example) is { Parses: true });
        int[] broken = [.. Enumerable.Range(0, examples.Count).Where(at => failing(examples[at]) is { Parses: false })];
        // b of them beside p others are a share of at most q while b <= p q / (1 - q); the last term is for rounding.
        int most = share >= 1 ? broken.Length : Math.Min(broken.Length, (int)((parsing * share / (1 - share)) + 1e-9));
        left = broken.Length - most;
        draws.Shuffle(broken.AsSpan());
        HashSet<int> surplus = [.. broken.Skip(most)];
        return [.. examples.Where((_, at) => !surplus.Contains(at))];
    }
}
