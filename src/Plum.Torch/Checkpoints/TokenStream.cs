using System.Text;

namespace Plum.Torch.Checkpoints;

/// <summary>Text out of a stream of token ids, at constant cost a token. For one stream on one thread.</summary>
public sealed class TokenStream
{
    private readonly Tokenizer tokenizer;
    private readonly bool skipSpecial;
    private readonly Decoder utf8 = Encoding.UTF8.GetDecoder();
    private bool first;
    private int toCut;

    internal TokenStream(Tokenizer tokenizer, bool atTextStart, bool skipSpecial)
    {
        this.tokenizer = tokenizer;
        this.skipSpecial = skipSpecial;
        first = atTextStart;
        toCut = atTextStart ? tokenizer.StartCut.Count : 0;
    }

    /// <summary>Adds a token.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The text that is now certain; empty where the token ends within a character.</returns>
    public string Append(int id)
    {
        if (skipSpecial && tokenizer.IsSpecial(id)) return "";
        ReadOnlySpan<byte> bytes = first ? tokenizer.FirstBytes(id) : tokenizer.Bytes(id);
        first = false;
        return Read(bytes, flush: false);
    }

    /// <summary>Ends the text: bytes held back that never became a character are U+FFFD.</summary>
    public string Finish() => Read([], flush: true);

    private string Read(ReadOnlySpan<byte> bytes, bool flush)
    {
        Span<char> characters = bytes.Length <= 120 ? stackalloc char[bytes.Length + 4] : new char[bytes.Length + 4];
        characters = characters[..utf8.GetChars(bytes, characters, flush)];
        while (toCut > 0 && characters.Length > 0)
        {
            toCut = characters[0] == tokenizer.StartCut.Content ? toCut - 1 : 0;
            if (toCut > 0 || characters[0] == tokenizer.StartCut.Content) characters = characters[1..];
        }

        return characters.ToString();
    }
}
