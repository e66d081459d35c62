using System.Runtime.InteropServices;

namespace Plum.Preferences;

/// <summary>
/// Which pairs of an instruction to train on: the most similar first (a near miss shows where the error is) or by lot, no
/// program in many more pairs than its fair share, and rejected programs that parse before those that do not.
/// </summary>
internal static class PairSelection
{
    /// <summary>A pair under consideration.</summary>
    /// <param name="Chosen">The better program.</param>
    /// <param name="Rejected">The worse one.</param>
    /// <param name="Similarity">Common prefix and suffix as a share of the longer.</param>
    internal sealed record Pair(DistinctProgram Chosen, DistinctProgram Rejected, double Similarity);

    /// <summary>All pairs that an instruction's programs allow.</summary>
    /// <param name="instruction">The programs.</param>
    /// <param name="margin">By how much more of the tests the chosen one has to pass; 0 for all tests against any failed.</param>
    /// <param name="dropped">Counts what the margin leaves out.</param>
    public static List<Pair> Possible(InstructionPrograms instruction, double margin, Tally dropped)
    {
        if (margin == 0)
            return [.. from chosen in instruction.Passing from rejected in instruction.Failing select Of(chosen, rejected)];
        // Shares of the same tests: differences closer than this are one in the rounding only.
        const double rounding = 1e-9;
        List<Pair> apart = [];
        foreach (DistinctProgram chosen in instruction.All)
        {
            foreach (DistinctProgram rejected in instruction.All)
            {
                double more = chosen.Fraction - rejected.Fraction;
                if (more >= margin - rounding) apart.Add(Of(chosen, rejected));
                else if (more > rounding) dropped.Add(DropReasons.PairMargin);
            }
        }

        return apart;
    }

    /// <summary>Chooses among pairs.</summary>
    /// <param name="possible">The pairs; they are shuffled.</param>
    /// <param name="options">The cap, and whether near misses come first.</param>
    /// <param name="draws">Breaks ties between equally similar pairs.</param>
    public static List<Pair> Choose(List<Pair> possible, PreferenceOptions options, RandomStream draws)
    {
        int most = options.PairsPerInstruction;
        draws.Shuffle(CollectionsMarshal.AsSpan(possible));
        List<Pair> ranked = [.. possible.OrderByDescending(pair => pair.Rejected.Parses).ThenByDescending(pair => options.NearMisses ? pair.Similarity : 0)];
        if (ranked.Count <= most) return ranked;

        // First within fair shares, then, where the shares of the others block each other, whatever is left.
        int chosenShare = Share(pair => pair.Chosen), rejectedShare = Share(pair => pair.Rejected);
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

        int Share(Func<Pair, DistinctProgram> role)
        {
            int programs = possible.Select(role).Distinct<DistinctProgram>(ReferenceEqualityComparer.Instance).Count();
            return (most + programs - 1) / programs;
        }
    }

    private static Pair Of(DistinctProgram chosen, DistinctProgram rejected) => new(chosen, rejected, Similarity(chosen, rejected));

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
