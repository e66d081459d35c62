using System.Globalization;

namespace Plum.Torch.Checkpoints.Tokenizers;

/// <summary>Reads Oniguruma's Ruby syntax, the part that can stand in a tokenizer.json, and compiles it to <see cref="Pattern.Node"/>s.</summary>
internal sealed class PatternParser(string expression)
{
    private const int Unbounded = int.MaxValue;

    private int at;
    private bool ignoreCase;
    private bool dotAll;
    private bool extended;

    private abstract record Tree
    {
        public abstract int Shortest { get; }

        public abstract Pattern.Node Compile(Pattern.Node next);
    }

    private sealed record Set(CharacterClass Class) : Tree
    {
        public override int Shortest => 1;

        public override Pattern.Node Compile(Pattern.Node next) => new Pattern.One(Class, next);
    }

    private sealed record Sequence(IReadOnlyList<Tree> Items) : Tree
    {
        public override int Shortest => Items.Sum(item => item.Shortest);

        public override Pattern.Node Compile(Pattern.Node next)
        {
            for (int i = Items.Count - 1; i >= 0; i--) next = Items[i].Compile(next);
            return next;
        }
    }

    private sealed record Alternatives(IReadOnlyList<Tree> Branches) : Tree
    {
        public override int Shortest => Branches.Min(branch => branch.Shortest);

        public override Pattern.Node Compile(Pattern.Node next) => new Pattern.Either([.. Branches.Select(branch => branch.Compile(next))]);
    }

    private sealed record Repeat(Tree Item, int Least, int Most, bool Lazy, bool Possessive) : Tree
    {
        public override int Shortest => Item.Shortest * Least;

        public override Pattern.Node Compile(Pattern.Node next)
        {
            if (Item is Set set) return new Pattern.Many(set.Class, Least, Most, Lazy, Possessive, next);
            if (Possessive) return new Pattern.Atomic((this with { Possessive = false }).Compile(new Pattern.Accept()), next);
            Pattern.Node node = next;
            if (Most == Unbounded)
            {
                if (Item.Shortest == 0) throw new FormatException("a repeated group that can match nothing is not supported");
                Pattern.Loop loop = new(Lazy, next);
                loop.Body = Item.Compile(loop);
                node = loop;
            }
            else
            {
                for (int i = Least; i < Most; i++)
                {
                    Pattern.Node more = Item.Compile(node);
                    node = new Pattern.Either(Lazy ? [next, more] : [more, next]);
                }
            }

            for (int i = 0; i < Least; i++) node = Item.Compile(node);
            return node;
        }
    }

    private sealed record Wrapped(Tree? Item, Func<Pattern.Node?, Pattern.Node, Pattern.Node> Make, bool ZeroWidth) : Tree
    {
        public override int Shortest => ZeroWidth ? 0 : Item!.Shortest;

        public override Pattern.Node Compile(Pattern.Node next) => Make(Item?.Compile(new Pattern.Accept()), next);
    }

    public Pattern.Node Parse()
    {
        Tree tree = ParseAlternatives();
        if (at < expression.Length) throw Malformed("an unmatched ')'");
        return tree.Compile(new Pattern.Accept());
    }

    private Tree ParseAlternatives()
    {
        List<Tree> branches = [ParseSequence()];
        while (Take('|')) branches.Add(ParseSequence());
        return branches.Count == 1 ? branches[0] : new Alternatives(branches);
    }

    private Sequence ParseSequence()
    {
        List<Tree> items = [];
        while (at < expression.Length && expression[at] is not ('|' or ')'))
        {
            if (extended && (char.IsWhiteSpace(expression[at]) || expression[at] == '#'))
            {
                if (expression[at++] != '#') continue;
                while (at < expression.Length && expression[at] != '\n') at++;
                continue;
            }

            if (ParseAtom() is { } atom) items.Add(ParseQuantifiers(atom));
        }

        return new Sequence(items);
    }

    private Tree ParseQuantifiers(Tree item)
    {
        while (at < expression.Length)
        {
            (int least, int most) bounds;
            bool braces = false;
            if (Take('*')) bounds = (0, Unbounded);
            else if (Take('+')) bounds = (1, Unbounded);
            else if (Take('?')) bounds = (0, 1);
            else if (TakeBounds(out bounds)) braces = true;
            else break;
            bool lazy = Take('?');

            // In Ruby's syntax {n,m}+ is not possessive but a repetition of the repetition.
            bool possessive = !lazy && !braces && Take('+');
            item = new Repeat(item, bounds.least, bounds.most, lazy, possessive);
        }

        return item;
    }

    private bool TakeBounds(out (int Least, int Most) bounds)
    {
        bounds = default;
        int close = at < expression.Length && expression[at] == '{' ? expression.IndexOf('}', at) : -1;
        if (close < 0) return false;
        string[] parts = expression[(at + 1)..close].Split(',');
        int least = 0, most = Unbounded;
        if (parts.Length > 2 || (parts[0].Length == 0 && (parts.Length == 1 || parts[1].Length == 0))) return false;
        if (parts[0].Length > 0 && !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out least)) return false;
        if (parts.Length == 1) most = least;
        else if (parts[1].Length > 0 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out most)) return false;
        if (least > most || least > 1000) throw Malformed($"the bounds {{{least},{most}}}");
        bounds = (least, most);
        at = close + 1;
        return true;
    }

    private Tree? ParseAtom()
    {
        char first = expression[at++];
        switch (first)
        {
            case '(':
                return ParseGroup();
            case '[':
                return new Set(new CharacterClass(new PatternClassParser(expression, ignoreCase).Parse(ref at)));
            case '.':
                bool all = dotAll;
                return new Set(new CharacterClass(code => all || code != '\n'));
            case '^':
                return Placed((text, place) => place == 0 || text[place - 1] == '\n');
            case '$':
                return Placed((text, place) => place == text.Length || text[place] == '\n');
            case '\\':
                return ParseEscape();
            case '*' or '+' or '?':
                throw Malformed($"a '{first}' with nothing before it");
            default:
                at--;
                int code = CharacterClass.CodeAt(expression, at, out int length);
                at += length;
                return new Set(Single(code));
        }
    }

    private Tree? ParseGroup()
    {
        bool savedCase = ignoreCase, savedDot = dotAll, savedExtended = extended;
        Func<Tree, Tree> wrap = tree => tree;
        if (Take("?:"))
        {
        }
        else if (Take("?>")) wrap = tree => new Wrapped(tree, (body, next) => new Pattern.Atomic(body!, next), ZeroWidth: false);
        else if (Take("?=")) wrap = tree => new Wrapped(tree, (body, next) => new Pattern.Ahead(body!, negative: false, next), ZeroWidth: true);
        else if (Take("?!")) wrap = tree => new Wrapped(tree, (body, next) => new Pattern.Ahead(body!, negative: true, next), ZeroWidth: true);
        else if (Take("?<=")) wrap = tree => new Wrapped(tree, (body, next) => new Pattern.Behind(body!, negative: false, next), ZeroWidth: true);
        else if (Take("?<!")) wrap = tree => new Wrapped(tree, (body, next) => new Pattern.Behind(body!, negative: true, next), ZeroWidth: true);
        else if (Take("?#"))
        {
            while (!Take(')')) at++;
            return null;
        }
        else if (Take("?<") || Take("?P<"))
        {
            while (!Take('>')) at++;
        }
        else if (Take('?'))
        {
            // (?i) holds to the end of the enclosing group, (?i:...) for its own.
            if (ParseFlags())
            {
                Tree rest = ParseAlternatives();
                (ignoreCase, dotAll, extended) = (savedCase, savedDot, savedExtended);
                return rest;
            }
        }

        Tree inner = ParseAlternatives();
        if (!Take(')')) throw Malformed("a '(' that is not closed");
        (ignoreCase, dotAll, extended) = (savedCase, savedDot, savedExtended);
        return wrap(inner);
    }

    private bool ParseFlags()
    {
        for (bool on = true; at < expression.Length;)
        {
            switch (expression[at++])
            {
                case '-': on = false; break;
                case 'i': ignoreCase = on; break;
                case 'm' or 's': dotAll = on; break;
                case 'x': extended = on; break;
                case 'u' or 'a' or 'd': break;
                case ':': return false;
                case ')': return true;
                default: throw Malformed("an unknown group option");
            }
        }

        throw Malformed("a '(' that is not closed");
    }

    private Tree ParseEscape()
    {
        if (at >= expression.Length) throw Malformed("a '\\' at the end");
        switch (expression[at])
        {
            case 'b': at++; return Placed(AtWordBoundary);
            case 'B': at++; return Placed((text, place) => !AtWordBoundary(text, place));
            case 'A': at++; return Placed((_, place) => place == 0);
            case 'z': at++; return Placed((text, place) => place == text.Length);
            case 'Z': at++; return Placed((text, place) => place == text.Length || (place == text.Length - 1 && text[place] == '\n'));
            case 'R':
                at++;
                Tree newline = new Sequence([new Set(Single('\r')), new Set(Single('\n'))]);
                return new Alternatives([newline, new Set(new CharacterClass(code => code is (>= 10 and <= 13) or 0x85 or 0x2028 or 0x2029))]);
            case >= '1' and <= '9':
                throw Malformed("a back reference");
        }

        PatternClassParser classes = new(expression, ignoreCase);
        return new Set(new CharacterClass(classes.ParseEscape(ref at, out int code) ?? Single(code).Contains));
    }

    private static bool AtWordBoundary(ReadOnlySpan<char> text, int at)
    {
        bool before = at > 0 && CharacterClass.IsWord(CharacterClass.CodeAt(text, CharacterClass.StartBefore(text, at), out _));
        bool after = at < text.Length && CharacterClass.IsWord(CharacterClass.CodeAt(text, at, out _));
        return before != after;
    }

    private static Wrapped Placed(Pattern.PlaceTest test) => new(null, (_, next) => new Pattern.Place(test, next), ZeroWidth: true);

    private CharacterClass Single(int code)
    {
        if (!ignoreCase) return new CharacterClass(other => other == code);
        int[] variants = [.. CharacterClass.CaseVariants(code)];
        return new CharacterClass(other => Array.IndexOf(variants, other) >= 0);
    }

    private bool Take(char wanted)
    {
        if (at >= expression.Length) return wanted is ')' or '>' ? throw Malformed("a '(' that is not closed") : false;
        if (expression[at] != wanted) return false;
        at++;
        return true;
    }

    private bool Take(string wanted)
    {
        if (!expression.AsSpan(at).StartsWith(wanted, StringComparison.Ordinal)) return false;
        at += wanted.Length;
        return true;
    }

    private FormatException Malformed(string what) => new($"the expression {expression} has {what}");
}
