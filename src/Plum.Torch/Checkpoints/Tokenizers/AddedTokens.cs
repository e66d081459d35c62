using System.Buffers;

namespace Plum.Torch.Checkpoints.Tokenizers;

/// <summary>A token beside the model's vocabulary, found in the text as it stands.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="Special">Whether decoding may leave it out.</param>
/// <param name="SingleWord">Whether it is only found between characters that are no letters.</param>
/// <param name="StripLeft">Whether it takes the white space before it along.</param>
/// <param name="StripRight">Whether it takes the white space after it along.</param>
/// <param name="Normalized">Whether it is looked for in the normalized text.</param>
internal sealed record AddedToken(int Id, string Content, bool Special, bool SingleWord, bool StripLeft, bool StripRight, bool Normalized)
{
    public static IReadOnlyList<AddedToken> ReadAll(JsonSettings tokenizer)
    {
        List<AddedToken> tokens = [];
        foreach (JsonSettings token in tokenizer.Sections("added_tokens"))
        {
            bool special = token.Bool("special", false);
            tokens.Add(new AddedToken(
                token.Int("id"), token.TextOrNull("content") ?? "", special,
                token.Bool("single_word", false), token.Bool("lstrip", false), token.Bool("rstrip", false), token.Bool("normalized", !special)));
        }

        return tokens;
    }
}

/// <summary>Finds added tokens in a text: leftmost first, longest among those that begin together.</summary>
internal sealed class AddedTokenFinder
{
    private readonly Dictionary<char, (string Text, AddedToken Token)[]> byFirst;
    private readonly SearchValues<char> firsts;

    public AddedTokenFinder(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        byFirst = tokens.Where(item => item.Text.Length > 0).GroupBy(item => item.Text[0])
            .ToDictionary(group => group.Key, group => group.OrderByDescending(item => item.Text.Length).ToArray());
        firsts = SearchValues.Create([.. byFirst.Keys]);
    }

    /// <summary>Cuts a text at the tokens in it: stretches of text with a null token, and tokens.</summary>
    public List<(int Start, int Length, AddedToken? Token)> Cut(string text)
    {
        List<(int Start, int Length, AddedToken? Token)> pieces = [];
        int done = 0;
        for (int at = 0; at < text.Length;)
        {
            int skipped = text.AsSpan(at).IndexOfAny(firsts);
            if (skipped < 0) break;
            at += skipped;
            if (Longest(text, at) is not var (length, token))
            {
                at++;
                continue;
            }

            int start = at, end = at + length;
            at = end;
            if (token.SingleWord && !IsWholeWord(text, start, end)) continue;
            if (token.StripLeft)
            {
                while (start > done && CharacterClass.IsSpace(text[start - 1])) start--;
            }

            if (token.StripRight)
            {
                while (end < text.Length && CharacterClass.IsSpace(text[end])) end++;
            }

            start = Math.Max(start, done);
            if (start > done) pieces.Add((done, start - done, null));
            pieces.Add((start, end - start, token));
            done = end;
            at = Math.Max(at, end);
        }

        if (done < text.Length) pieces.Add((done, text.Length - done, null));
        return pieces;
    }

    private (int Length, AddedToken Token)? Longest(string text, int at)
    {
        foreach ((string candidate, AddedToken token) in byFirst[text[at]])
        {
            if (string.CompareOrdinal(text, at, candidate, 0, candidate.Length) == 0) return (candidate.Length, token);
        }

        return null;
    }

    private static bool IsWholeWord(string text, int start, int end) =>
        (start == 0 || !CharacterClass.IsWord(CharacterClass.CodeAt(text, CharacterClass.StartBefore(text, start), out _)))
        && (end == text.Length || !CharacterClass.IsWord(CharacterClass.CodeAt(text, end, out _)));
}
