using System.Runtime.InteropServices;

namespace Plum.Torch.Checkpoints.Tokenizers;

/// <summary>A stretch of text on its way to becoming words.</summary>
/// <param name="Text">The characters.</param>
/// <param name="AtStart">Whether it begins where the whole text begins.</param>
internal readonly record struct Piece(ReadOnlyMemory<char> Text, bool AtStart);

/// <summary>Cuts text into the words that the model encodes one by one: the <c>pre_tokenizer</c> of tokenizer.json.</summary>
internal sealed class PreTokenizer
{
    private readonly Func<List<Piece>, List<Piece>>[] steps;

    private PreTokenizer(Func<List<Piece>, List<Piece>>[] steps, bool endsInBytes)
    {
        this.steps = steps;
        EndsInBytes = endsInBytes;
    }

    /// <summary>Whether the last step writes words in <see cref="ByteLevel"/>'s alphabet: left to the model, which remembers words as they were.</summary>
    public bool EndsInBytes { get; }

    public static PreTokenizer Read(JsonSettings? settings)
    {
        List<JsonSettings> flat = [];
        if (settings is not null) Flatten(settings, flat);
        bool endsInBytes = flat.Count > 0 && flat[^1].TextOrNull("type") == "ByteLevel";
        return new PreTokenizer([.. flat.SelectMany((step, index) => Steps(step, mapsBytes: index < flat.Count - 1))], endsInBytes);
    }

    public List<Piece> Cut(string text, bool atStart)
    {
        List<Piece> pieces = [new(text.AsMemory(), atStart)];
        foreach (Func<List<Piece>, List<Piece>> step in steps) pieces = step(pieces);
        return pieces;
    }

    private static void Flatten(JsonSettings settings, List<JsonSettings> into)
    {
        if (settings.TextOrNull("type") != "Sequence") into.Add(settings);
        else foreach (JsonSettings inner in settings.Sections("pretokenizers")) Flatten(inner, into);
    }

    private static IEnumerable<Func<List<Piece>, List<Piece>>> Steps(JsonSettings settings, bool mapsBytes)
    {
        string type = settings.TextOrNull("type") ?? "";
        switch (type)
        {
            case "ByteLevel":
                if (settings.Bool("add_prefix_space", true)) yield return Each(piece => piece.Text.Span.StartsWith(" ") ? piece : piece with { Text = (" " + piece.Text.ToString()).AsMemory() });
                if (settings.Bool("use_regex", true)) yield return Splitting(new Splitter(Pattern.Compile(ByteLevel.Split)));
                if (mapsBytes) yield return Each(piece => piece with { Text = ByteLevel.Map(piece.Text.Span).AsMemory() });
                break;
            case "Split":
                (string? literal, Pattern? pattern) = TextPattern.Read(settings, "pattern");
                bool invert = settings.Bool("invert", false);
                yield return Splitting(literal is null ? new Splitter(pattern!, Behavior(settings), invert) : new Splitter(literal, Behavior(settings), invert));
                break;
            case "Digits":
                yield return Splitting(new Splitter(CharacterClass.IsNumeric, settings.Bool("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous));
                break;
            case "Punctuation":
                yield return Splitting(new Splitter(CharacterClass.IsPunctuation, settings.Has("behavior") ? Behavior(settings) : SplitBehavior.Isolated));
                break;
            case "Whitespace":
                yield return Splitting(new Splitter(Pattern.Compile(@"\w+|[^\w\s]+"), SplitBehavior.Removed, invert: true));
                break;
            case "WhitespaceSplit":
                yield return Splitting(new Splitter(CharacterClass.IsSpace, SplitBehavior.Removed));
                break;
            case "CharDelimiterSplit":
                yield return Splitting(new Splitter(settings.TextOrNull("delimiter") ?? " ", SplitBehavior.Removed, invert: false));
                break;
            case "BertPreTokenizer":
                yield return Splitting(new Splitter(CharacterClass.IsSpace, SplitBehavior.Removed));
                yield return Splitting(new Splitter(CharacterClass.IsPunctuation, SplitBehavior.Isolated));
                break;
            case "Metaspace":
                Metaspace metaspace = Metaspace.Read(settings);
                yield return Each(metaspace.Mark);
                if (metaspace.Split) yield return Splitting(new Splitter(metaspace.Replacement, SplitBehavior.MergedWithNext, invert: false));
                break;
            default:
                throw new InputException($"{settings.File}: the pre-tokenizer {type} is not supported.");
        }
    }

    private static SplitBehavior Behavior(JsonSettings settings) => settings.TextOrNull("behavior") switch
    {
        "Isolated" or "isolated" => SplitBehavior.Isolated,
        "Removed" or "removed" => SplitBehavior.Removed,
        "MergedWithPrevious" or "merged_with_previous" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" or "merged_with_next" => SplitBehavior.MergedWithNext,
        "Contiguous" or "contiguous" => SplitBehavior.Contiguous,
        string other => throw new InputException($"{settings.File}: the split behavior {other} is not supported."),
        null => throw new InputException($"{settings.File}: a pre-tokenizer {settings.TextOrNull("type")} has no behavior."),
    };

    private static Func<List<Piece>, List<Piece>> Each(Func<Piece, Piece> change) => pieces =>
    {
        foreach (ref Piece piece in CollectionsMarshal.AsSpan(pieces)) piece = change(piece);
        return pieces;
    };

    private static Func<List<Piece>, List<Piece>> Splitting(Splitter splitter) => pieces =>
    {
        List<Piece> result = new(pieces.Count * 2);
        foreach (Piece piece in pieces) splitter.Cut(piece, result);
        return result;
    };
}
