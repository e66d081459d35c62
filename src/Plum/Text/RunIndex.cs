namespace Plum.Text;

/// <summary>
/// Which texts of a collection a given text shares a run of words with. Runs that many of the collection's texts have are
/// nobody's ("write a function to find the sum of the"), and so are runs of figures and of names of one letter.
/// </summary>
/// <param name="length">Words of a run.</param>
/// <param name="owners">How many of the collection's texts may have a run that still tells something.</param>
public sealed class RunIndex(int length, int owners = 1)
{
    private readonly Dictionary<ulong, Run> runs = [];
    private readonly Dictionary<string, int> counts = [];

    /// <summary>Adds a text to the collection.</summary>
    /// <param name="owner">What it is called. Several texts may have one owner.</param>
    /// <param name="words">Its words.</param>
    public void Add(string owner, IReadOnlyList<string> words)
    {
        foreach ((ulong hash, int at) in RunsOf(words))
        {
            if (!Tells(words, at)) continue;
            if (!runs.TryGetValue(hash, out Run? run)) runs[hash] = run = new(Text(words, at));
            if (!run.Owners.Contains(owner))
            {
                run.Owners.Add(owner);
                counts[owner] = counts.GetValueOrDefault(owner) + 1;
            }
        }
    }

    /// <summary>How many different runs an owner's texts have.</summary>
    /// <param name="owner">The owner.</param>
    public int Count(string owner) => counts.GetValueOrDefault(owner);

    /// <summary>The runs that a text shares with the collection, in its order; a run may come again.</summary>
    /// <param name="words">The text's words.</param>
    public IEnumerable<(string Owner, string Run)> Find(IReadOnlyList<string> words)
    {
        foreach ((ulong hash, int at) in RunsOf(words))
        {
            if (!runs.TryGetValue(hash, out Run? run) || run.Owners.Count > owners || run.Text != Text(words, at)) continue;
            foreach (string owner in run.Owners) yield return (owner, run.Text);
        }
    }

    private IEnumerable<(ulong Hash, int At)> RunsOf(IReadOnlyList<string> words)
    {
        ulong[] hashes = [.. words.Select(StableHash.Of)];
        for (int at = 0; at + length <= hashes.Length; at++) yield return (StableHash.Of(hashes.AsSpan(at, length)), at);
    }

    private string Text(IReadOnlyList<string> words, int at) => string.Join(' ', Enumerable.Range(at, length).Select(one => words[one]));

    private bool Tells(IReadOnlyList<string> words, int at) =>
        2 * Enumerable.Range(at, length).Select(one => words[one]).Where(word => word.Length > 1 && char.IsLetter(word[0]) || word[0] > '\u2E80').Distinct().Count() >= length;

    private sealed record Run(string Text)
    {
        public List<string> Owners { get; } = [];
    }
}
