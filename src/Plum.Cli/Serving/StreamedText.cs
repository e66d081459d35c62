using System.Text;
using Plum.Torch.Checkpoints;

namespace Plum.Cli.Serving;

/// <summary>
/// The text of one answer as its tokens come. Bytes that are no whole character yet are held back, and so is an end that
/// could become a stop text: what has been sent cannot be called back.
/// </summary>
/// <param name="tokenizer">The model's.</param>
/// <param name="stops">Texts before which the answer is cut.</param>
internal sealed class StreamedText(Tokenizer tokenizer, IReadOnlyList<string> stops)
{
    private readonly TokenStream stream = tokenizer.OpenStream(atTextStart: true);
    private readonly StringBuilder held = new();
    private int sent;

    /// <summary>Adds a token.</summary>
    /// <returns>The text that can be sent now; may be empty.</returns>
    public string Append(int token)
    {
        string text = held.Append(stream.Append(token)).ToString();
        string certain = text[..^Doubtful(text)];
        held.Remove(0, certain.Length);
        sent += certain.Length;
        return certain;
    }

    /// <summary>Ends the answer.</summary>
    /// <param name="whole">Its text, cut before a stop text.</param>
    /// <returns>What of it has not been sent.</returns>
    public string Finish(string whole) => whole.Length > sent ? whole[sent..] : "";

    private int Doubtful(string text)
    {
        int most = 0;
        foreach (string stop in stops)
        {
            for (int length = Math.Min(stop.Length - 1, text.Length); length > most; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length))) most = length;
            }
        }

        return most;
    }
}
