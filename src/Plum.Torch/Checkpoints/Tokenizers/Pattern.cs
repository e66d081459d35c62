using System.Runtime.CompilerServices;

namespace Plum.Torch.Checkpoints.Tokenizers;

/// <summary>
/// A regular expression over code points, as the tokenizers of Hugging Face mean it (Oniguruma's Ruby syntax).
/// .NET's own matches UTF-16 units, in which an emoji is two characters of no letter class, and lacks possessive
/// quantifiers, class intersection and scripts. Matching backtracks; there are no captures.
/// </summary>
internal sealed class Pattern
{
    private readonly Node root;

    private Pattern(Node root) => this.root = root;

    /// <summary>Compiles an expression.</summary>
    /// <exception cref="FormatException">The expression is malformed or uses what is not supported.</exception>
    public static Pattern Compile(string expression) => new(new PatternParser(expression).Parse());

    /// <summary>Where a match that begins at a position ends; -1 where none begins there.</summary>
    public int MatchAt(ReadOnlySpan<char> text, int position) => root.Match(text, position);

    /// <summary>Finds the first match at or after a position.</summary>
    public bool Find(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        for (start = from; start <= text.Length;)
        {
            end = root.Match(text, start);
            if (end >= 0) return true;
            if (start == text.Length) break;
            CharacterClass.CodeAt(text, start, out int length);
            start += length;
        }

        end = -1;
        return false;
    }

    /// <summary>A step of the match that knows what follows it; gives the end of the whole match, or -1.</summary>
    internal abstract class Node
    {
        public abstract int Match(ReadOnlySpan<char> text, int at);
    }

    internal sealed class Accept : Node
    {
        public override int Match(ReadOnlySpan<char> text, int at) => at;
    }

    internal sealed class One(CharacterClass set, Node next) : Node
    {
        public override int Match(ReadOnlySpan<char> text, int at) =>
            at < text.Length && set.Contains(CharacterClass.CodeAt(text, at, out int length)) ? next.Match(text, at + length) : -1;
    }

    /// <summary>A quantified class: counted in a loop, given back one by one.</summary>
    internal sealed class Many(CharacterClass set, int least, int most, bool lazy, bool possessive, Node next) : Node
    {
        public override int Match(ReadOnlySpan<char> text, int at)
        {
            int count = 0, end = at;
            while (count < least)
            {
                if (!Step(text, ref end)) return -1;
                count++;
            }

            if (lazy) return MatchLazy(text, end, count);
            int shortest = end;
            while (count < most && Step(text, ref end)) count++;
            if (possessive) return next.Match(text, end);
            for (; ; end = CharacterClass.StartBefore(text, end))
            {
                int matched = next.Match(text, end);
                if (matched >= 0) return matched;
                if (end == shortest) return -1;
            }
        }

        private int MatchLazy(ReadOnlySpan<char> text, int end, int count)
        {
            for (; ; count++)
            {
                int matched = next.Match(text, end);
                if (matched >= 0) return matched;
                if (count == most || !Step(text, ref end)) return -1;
            }
        }

        private bool Step(ReadOnlySpan<char> text, ref int end)
        {
            if (end >= text.Length || !set.Contains(CharacterClass.CodeAt(text, end, out int length))) return false;
            end += length;
            return true;
        }
    }

    internal sealed class Either(Node[] branches) : Node
    {
        public override int Match(ReadOnlySpan<char> text, int at)
        {
            foreach (Node branch in branches)
            {
                int matched = branch.Match(text, at);
                if (matched >= 0) return matched;
            }

            return -1;
        }
    }

    /// <summary>An unbounded repetition of a group that cannot match nothing.</summary>
    internal sealed class Loop(bool lazy, Node next) : Node
    {
        private Node body = new Accept();

        /// <summary>The group, followed by this loop.</summary>
        public Node Body { set => body = value; }

        public override int Match(ReadOnlySpan<char> text, int at)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            int matched = lazy ? next.Match(text, at) : body.Match(text, at);
            return matched >= 0 ? matched : lazy ? body.Match(text, at) : next.Match(text, at);
        }
    }

    /// <summary>A group matched once and for all: (?>...) and possessive groups.</summary>
    internal sealed class Atomic(Node body, Node next) : Node
    {
        public override int Match(ReadOnlySpan<char> text, int at)
        {
            int end = body.Match(text, at);
            return end < 0 ? -1 : next.Match(text, end);
        }
    }

    internal sealed class Ahead(Node body, bool negative, Node next) : Node
    {
        public override int Match(ReadOnlySpan<char> text, int at) => body.Match(text, at) >= 0 != negative ? next.Match(text, at) : -1;
    }

    internal sealed class Behind(Node body, bool negative, Node next) : Node
    {
        public override int Match(ReadOnlySpan<char> text, int at)
        {
            bool found = false;
            for (int start = at; start >= 0 && !found; start--) found = body.Match(text[..at], start) == at;
            return found != negative ? next.Match(text, at) : -1;
        }
    }

    /// <summary>An assertion about the place alone: anchors and word boundaries.</summary>
    internal sealed class Place(PlaceTest test, Node next) : Node
    {
        public override int Match(ReadOnlySpan<char> text, int at) => test(text, at) ? next.Match(text, at) : -1;
    }

    internal delegate bool PlaceTest(ReadOnlySpan<char> text, int at);
}
