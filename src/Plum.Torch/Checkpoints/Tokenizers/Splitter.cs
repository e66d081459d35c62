namespace Plum.Torch.Checkpoints.Tokenizers;

/// <summary>What becomes of a match when a text is cut at it.</summary>
internal enum SplitBehavior
{
    /// <summary>It is a piece of its own.</summary>
    Isolated,

    /// <summary>It is dropped.</summary>
    Removed,

    /// <summary>It ends the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>It begins the piece after it.</summary>
    MergedWithNext,

    /// <summary>It is one piece with the matches next to it.</summary>
    Contiguous,
}

/// <summary>Cuts pieces at the matches of an expression, a text or a class of characters.</summary>
internal sealed class Splitter
{
    private readonly Func<ReadOnlyMemory<char>, int, (int Start, int End)> find;
    private readonly SplitBehavior behavior;
    private readonly bool invert;

    public Splitter(Pattern pattern, SplitBehavior behavior = SplitBehavior.Isolated, bool invert = false)
        : this((text, from) => pattern.Find(text.Span, from, out int start, out int end) ? (start, end) : (-1, -1), behavior, invert)
    {
    }

    public Splitter(string literal, SplitBehavior behavior, bool invert)
        : this((text, from) => text.Span[from..].IndexOf(literal) is >= 0 and int found && literal.Length > 0 ? (from + found, from + found + literal.Length) : (-1, -1), behavior, invert)
    {
    }

    public Splitter(Func<int, bool> predicate, SplitBehavior behavior)
        : this(Finder(new CharacterClass(predicate)), behavior, invert: false)
    {
    }

    private Splitter(Func<ReadOnlyMemory<char>, int, (int Start, int End)> find, SplitBehavior behavior, bool invert)
    {
        this.find = find;
        this.behavior = behavior;
        this.invert = invert;
    }

    public void Cut(Piece piece, List<Piece> into)
    {
        int length = piece.Text.Length, pending = 0;
        bool pendingMatch = false, any = false;
        for (int at = 0; at < length;)
        {
            (int start, int end) = find(piece.Text, at);
            while (start == end && start >= 0 && start < length) (start, end) = find(piece.Text, start + 1);
            if (start < 0 || start == end) (start, end) = (length, length);
            if (start > at) Part(at, start, invert);
            if (end > start) Part(start, end, !invert);
            at = end;
        }

        if (any && length > pending) Emit(pending, length);

        // A part joins the pending one, or pushes it out.
        void Part(int start, int end, bool match)
        {
            if (behavior == SplitBehavior.Removed)
            {
                if (!match) Emit(start, end);
                return;
            }

            bool joins = any && behavior switch
            {
                SplitBehavior.Contiguous => match == pendingMatch,
                SplitBehavior.MergedWithPrevious => match && !pendingMatch,
                SplitBehavior.MergedWithNext => !match && pendingMatch,
                _ => false,
            };
            if (any && !joins) Emit(pending, start);
            if (!joins) pending = start;
            pendingMatch = match;
            any = true;
        }

        void Emit(int start, int end) => into.Add(new Piece(piece.Text[start..end], piece.AtStart && start == 0));
    }

    private static Func<ReadOnlyMemory<char>, int, (int Start, int End)> Finder(CharacterClass set) => (text, from) =>
    {
        ReadOnlySpan<char> span = text.Span;
        for (int at = from, length; at < span.Length; at += length)
        {
            if (set.Contains(CharacterClass.CodeAt(span, at, out length))) return (at, at + length);
        }

        return (-1, -1);
    };
}
