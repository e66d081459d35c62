using System.Globalization;
using System.Text;

namespace Plum.Torch.Checkpoints.Tokenizers;

/// <summary>
/// Turns tokens into text: the <c>decoder</c> of tokenizer.json. Every decoder in use works token by token, apart from
/// joining, from what is cut off at the very start or end, and from bytes that make a character only together;
/// so a token's contribution is a run of bytes, and a stream of tokens decodes at constant cost for each.
/// </summary>
internal sealed class TokenDecoder
{
    private readonly List<Func<string, bool, string>> steps = [];
    private bool byteLevel;
    private bool byteFallback;
    private string separator = "";
    private (char Content, int Start, int Stop)? strip;

    /// <summary>Reads a decoder; null in the file joins tokens with spaces.</summary>
    public static TokenDecoder Read(JsonSettings? settings)
    {
        TokenDecoder decoder = new();
        if (settings is null) decoder.separator = " ";
        else decoder.Add(settings, fused: false);
        return decoder;
    }

    /// <summary>How many of a character are cut off the start of a text.</summary>
    public (char Content, int Count) StartCut => strip is { } cut ? (cut.Content, cut.Start) : (' ', 0);

    /// <summary>The bytes that a token adds to a text.</summary>
    /// <param name="token">The token.</param>
    /// <param name="first">Whether it is the text's first.</param>
    public byte[] Bytes(string token, bool first)
    {
        if (FallbackByte(token) is { } value) return [value];
        foreach (Func<string, bool, string> step in steps) token = step(token, first);
        if (byteLevel) return ByteLevel.Unmap(token);
        return Encoding.UTF8.GetBytes(first ? token : separator + token);
    }

    /// <summary>The byte that a token like <c>&lt;0x0A&gt;</c> stands for; null where it stands for itself.</summary>
    public byte? FallbackByte(string token) =>
        byteFallback && token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
        && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value) ? value : null;

    /// <summary>What a finished text loses at its two ends.</summary>
    public string Trim(string text)
    {
        if (strip is not { } cut) return text;
        int start = 0, stop = text.Length;
        while (start < Math.Min(cut.Start, text.Length) && text[start] == cut.Content) start++;
        while (text.Length - stop < cut.Stop && stop > start && text[stop - 1] == cut.Content) stop--;
        return text[start..stop];
    }

    private bool Add(JsonSettings settings, bool fused)
    {
        string type = settings.TextOrNull("type") ?? "";
        switch (type)
        {
            case "Sequence":
                foreach (JsonSettings inner in settings.Sections("decoders")) fused = Add(inner, fused);
                break;
            case "ByteLevel": byteLevel = true; break;
            case "ByteFallback": byteFallback = true; break;
            case "Fuse": return true;
            case "Replace":
                Func<string, string> replace = Replacement.Read(settings);
                steps.Add((token, _) => replace(token));
                break;
            case "Metaspace":
                Metaspace metaspace = Metaspace.Read(settings);
                steps.Add(metaspace.Unmark);
                break;
            case "Strip":
                string content = settings.TextOrNull("content") ?? " ";
                (char Content, int Start, int Stop) cut = (content[0], settings.Int("start", 0), settings.Int("stop", 0));
                if (fused) strip = cut;
                else steps.Add((token, _) => new TokenDecoder { strip = cut }.Trim(token));
                break;
            case "WordPiece":
                string prefix = settings.TextOrNull("prefix") ?? "##";
                steps.Add((token, first) => first ? token : token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token);
                break;
            default:
                throw new InputException($"{settings.File}: the decoder {type} is not supported.");
        }

        return fused;
    }
}
