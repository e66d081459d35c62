using System.Runtime.InteropServices;

namespace Plum.Preferences;

/// <summary>
/// Which pairs of an instruction to train on: the most similar first (a near miss shows where the error is), no program in
/// many more pairs than its fair share, and rejected programs that parse before those that do not.
/// </summary>
internal static class PairSelection
{
    /// <summary>A pair under consideration.</summary>
    /// <param name="Chosen">Passes.</param>
    /// <param name="Rejected">Fails.</param>
    /// <param name="Similarity">Common prefix and suffix as a share of the longer.</param>
    internal sealed record Pair(DistinctProgram Chosen, DistinctProgram Rejected, double Similarity);

    /// <summary>Chooses at most <paramref name="most"/> pairs.</summary>
    /// <param name="passing">The passing programs.</param>
    /// <param name="failing">The failing programs.</param>
    /// <param name="most">The cap.</param>
    /// <param name="draws">Breaks ties between equally similar pairs.</param>
    public static List<Pair> Choose(IReadOnlyList<DistinctProgram> passing, IReadOnlyList<DistinctProgram> failing, int most, RandomStream draws)
    {
        List<Pair> pairs = [.. from chosen in passing from rejected in failing select new Pair(chosen, rejected, Similarity(chosen, rejected))];
        draws.Shuffle(CollectionsMarshal.AsSpan(pairs));
        List<Pair> ranked = [.. pairs.OrderByDescending(pair => pair.Rejected.Parses).ThenByDescending(pair => pair.Similarity)];
        if (ranked.Count <= most) return ranked;

        // First within fair shares, then, where the shares of the others block each other, whatever is left.
        int chosenShare = (most + passing.Count - 1) / passing.Count, rejectedShare = (most + failing.Count - 1) / failing.Count;
        Dictionary<DistinctProgram, int> uses = new(ReferenceEqualityComparer.Instance);
        List<Pair> kept = [], rest = [];
        foreach (Pair pair in ranked)
        {
            bool fair = kept.Count < most && uses.GetValueOrDefault(pair.Chosen) < chosenShare && uses.GetValueOrDefault(pair.Rejected) < rejectedShare;
            (fair ? kept : rest).Add(pair);
            if (!fair) continue;
            uses[pair.Chosen] = uses.GetValueOrDefault(pair.Chosen) + 1;
            uses[pair.Rejected] = uses.GetValueOrDefault(pair.Rejected) + 1;
        }

        kept.AddRange(rest.Take(most - kept.Count));
        return kept;
    }

    private static double Similarity(DistinctProgram chosen, DistinctProgram rejected)
    {
        if (chosen.Tokens is not { } first || rejected.Tokens is not { } second)
        {
            string text = chosen.Candidate.Completion, other = rejected.Candidate.Completion;
            return CommonParts.Of<char>(text, other).Similarity(text.Length, other.Length);
        }

        int[] tokens = [.. first], others = [.. second];
        return CommonParts.Of<int>(tokens, others).Similarity(tokens.Length, others.Length);
    }
}
