using Plum.Text;

namespace Plum.Instructions;

/// <summary>
/// Finds texts that came before in nearly the same words: MinHash over shingles of words (Broder, 1997) in bands (Leskovec,
/// Rajaraman and Ullman, Mining of Massive Datasets, 3.4), the exact Jaccard similarity of what meets in a band deciding.
/// What is kept of a text is its shingles' hashes. Pairs that meet in no band are not found: at the defaults 1 in
/// 6,000 of similarity 0.7 and next to none of 0.85.
/// </summary>
internal sealed class NearDuplicates
{
    private readonly double similarity;
    private readonly int shingle, rows;
    private readonly ulong[] factors;
    private readonly Dictionary<ulong, int>[] newest;
    private readonly List<(ulong[] Shingles, int[] Before)> texts = [];
    private readonly List<int> compared = [];

    /// <summary>An empty collection.</summary>
    /// <param name="options">Shingles, bands, rows and the similarity.</param>
    public NearDuplicates(InstructionOptions options)
    {
        similarity = options.Similarity;
        shingle = options.ShingleWords;
        rows = options.Rows;
        newest = [.. Enumerable.Range(0, options.Bands).Select(_ => new Dictionary<ulong, int>())];
        factors = [.. Enumerable.Range(1, options.Bands * options.Rows).Select(one => StableHash.Mix((ulong)one * 0x9E3779B97F4A7C15))];
    }

    /// <summary>Looks for a text and, where nothing is like it, adds it.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The first text that it is like, by its number in the order of adding, and how like; null where it was added.</returns>
    public (int Number, double Similarity)? Add(string text)
    {
        ulong[] shingles = Shingles(Words.Of(text));
        ulong[] bands = Bands(shingles);
        compared.Clear();
        for (int band = 0; band < bands.Length; band++)
        {
            for (int at = newest[band].GetValueOrDefault(bands[band], -1); at >= 0; at = texts[at].Before[band]) compared.Add(at);
        }

        compared.Sort();
        for (int at = 0; at < compared.Count; at++)
        {
            if (at > 0 && compared[at] == compared[at - 1]) continue;
            if (Jaccard(shingles, texts[compared[at]].Shingles) is { } like && like >= similarity) return (compared[at], like);
        }

        int[] before = new int[bands.Length];
        for (int band = 0; band < bands.Length; band++)
        {
            before[band] = newest[band].GetValueOrDefault(bands[band], -1);
            newest[band][bands[band]] = texts.Count;
        }

        texts.Add((shingles, before));
        return null;
    }

    private ulong[] Shingles(IReadOnlyList<string> words)
    {
        ulong[] hashes = [.. words.Select(StableHash.Of)];
        if (hashes.Length <= shingle) return [StableHash.Of(hashes)];
        ulong[] shingles = new ulong[hashes.Length - shingle + 1];
        for (int at = 0; at < shingles.Length; at++) shingles[at] = StableHash.Of(hashes.AsSpan(at, shingle));
        Array.Sort(shingles);
        return [.. shingles.Distinct()];
    }

    private ulong[] Bands(ulong[] shingles)
    {
        ulong[] least = new ulong[factors.Length];
        Array.Fill(least, ulong.MaxValue);
        foreach (ulong one in shingles)
        {
            for (int at = 0; at < factors.Length; at++) least[at] = Math.Min(least[at], StableHash.Mix(one ^ factors[at]));
        }

        ulong[] bands = new ulong[factors.Length / rows];
        for (int band = 0; band < bands.Length; band++) bands[band] = StableHash.Of(least.AsSpan(band * rows, rows));
        return bands;
    }

    /// <summary>Of two sorted sets.</summary>
    private static double Jaccard(ulong[] first, ulong[] second)
    {
        int common = 0;
        for (int a = 0, b = 0; a < first.Length && b < second.Length;)
        {
            if (first[a] == second[b])
            {
                common++;
                a++;
                b++;
            }
            else if (first[a] < second[b])
            {
                a++;
            }
            else
            {
                b++;
            }
        }

        return (double)common / (first.Length + second.Length - common);
    }
}
