using Plum.Torch.Checkpoints;

namespace Plum.Torch.Decoding;

/// <summary>Looks for stop texts in a text that grows by tokens, at constant cost a token: it keeps no more of the text than a stop text may begin in.</summary>
/// <param name="text">The text, from its start.</param>
/// <param name="stops">What to look for.</param>
internal sealed class StopSearch(TokenStream text, IReadOnlyList<string> stops)
{
    private readonly int kept = Math.Max(0, stops.Max(stop => stop.Length) - 1);
    private string end = "";

    /// <summary>Adds a token.</summary>
    /// <returns>Whether a stop text ends in what it added.</returns>
    public bool Append(int token)
    {
        end += text.Append(token);
        bool found = stops.Any(stop => end.Contains(stop, StringComparison.Ordinal));
        end = end[Math.Max(0, end.Length - kept)..];
        return found;
    }

    /// <summary>Where the first stop text begins.</summary>
    /// <param name="whole">The whole text.</param>
    /// <returns>-1 where there is none.</returns>
    public int Find(string whole) =>
        stops.Select(stop => whole.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
}
