namespace Plum.Torch.Checkpoints.Tokenizers;

/// <summary>SentencePiece's spaces: written as a visible mark, and one put before the text (always, at its very start, or never).</summary>
internal sealed record Metaspace(string Replacement, bool PrependAlways, bool PrependFirst, bool Split)
{
    public static Metaspace Read(JsonSettings settings)
    {
        string scheme = settings.TextOrNull("prepend_scheme") ?? (settings.Bool("add_prefix_space", true) ? "always" : "never");
        if (scheme is not ("always" or "first" or "never"))
            throw new InputException($"{settings.File}: prepend_scheme \"{scheme}\" is none of always, first, never.");
        return new Metaspace(settings.TextOrNull("replacement") ?? "▁", scheme == "always", scheme == "first", settings.Bool("split", true));
    }

    public Piece Mark(Piece piece)
    {
        string text = piece.Text.ToString().Replace(" ", Replacement, StringComparison.Ordinal);
        bool prepend = (PrependAlways || (PrependFirst && piece.AtStart)) && !text.StartsWith(Replacement, StringComparison.Ordinal);
        return piece with { Text = (prepend ? Replacement + text : text).AsMemory() };
    }

    /// <summary>A token's text again: marks become spaces, and where one was put before the text, all of the first token's go, as the reference does it.</summary>
    public string Unmark(string token, bool first) =>
        token.Replace(Replacement, first && (PrependAlways || PrependFirst) ? "" : " ", StringComparison.Ordinal);
}
