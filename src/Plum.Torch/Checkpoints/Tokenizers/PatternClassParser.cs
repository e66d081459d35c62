using System.Globalization;

namespace Plum.Torch.Checkpoints.Tokenizers;

/// <summary>Reads [...] with ranges, escapes, nested classes, intersections and POSIX brackets, and the escapes that stand for characters.</summary>
internal sealed class PatternClassParser(string expression, bool ignoreCase)
{
    private static readonly (string Name, string Property)[] Posix =
    [
        ("alpha", "Alpha"), ("digit", "Digit"), ("alnum", "Alnum"), ("upper", "Upper"), ("lower", "Lower"), ("space", "Space"), ("word", "Word"), ("punct", "P"), ("cntrl", "Cc"), ("ascii", "ASCII"),
    ];

    /// <summary>Parses what follows a '[', the closing bracket included.</summary>
    public Func<int, bool> Parse(ref int at)
    {
        bool negated = at < expression.Length && expression[at] == '^';
        if (negated) at++;
        List<Func<int, bool>> alternatives = [];
        Func<int, bool>? intersected = null;
        for (bool first = true; ; first = false)
        {
            if (at >= expression.Length) throw new FormatException($"the expression {expression} has a '[' that is not closed");
            if (expression[at] == ']' && !first)
            {
                at++;
                break;
            }

            if (expression.AsSpan(at).StartsWith("&&"))
            {
                at += 2;
                intersected = And(intersected, Any(alternatives));
                alternatives = [];
                continue;
            }

            alternatives.Add(ParseItem(ref at));
        }

        Func<int, bool> all = And(intersected, Any(alternatives));
        return negated ? code => !all(code) : all;
    }

    private Func<int, bool> ParseItem(ref int at)
    {
        if (expression[at] == '[')
        {
            foreach ((string name, string property) in Posix)
            {
                foreach (bool not in (bool[])[false, true])
                {
                    string text = $"[:{(not ? "^" : "")}{name}:]";
                    if (!expression.AsSpan(at).StartsWith(text, StringComparison.Ordinal)) continue;
                    at += text.Length;
                    Func<int, bool> known = UnicodeProperties.Find(property)!;
                    return code => known(code) != not;
                }
            }

            at++;
            return Parse(ref at);
        }

        if (ParseCharacter(ref at, out int low) is { } set) return set;
        if (at + 1 >= expression.Length || expression[at] != '-' || expression[at + 1] == ']') return Range(low, low);
        at++;
        if (ParseCharacter(ref at, out int high) is { } other) return code => code == low || code == '-' || other(code);
        if (high < low) throw new FormatException($"the expression {expression} has a range that runs backwards");
        return Range(low, high);
    }

    private Func<int, bool>? ParseCharacter(ref int at, out int code)
    {
        if (expression[at] == '\\')
        {
            at++;
            return ParseEscape(ref at, out code);
        }

        code = CharacterClass.CodeAt(expression, at, out int length);
        at += length;
        return null;
    }

    /// <summary>Parses what follows a '\': a class, or null and a single code point.</summary>
    public Func<int, bool>? ParseEscape(ref int at, out int code)
    {
        if (at >= expression.Length) throw new FormatException($"the expression {expression} ends in a '\\'");
        code = CharacterClass.CodeAt(expression, at, out int length);
        at += length;
        switch (code)
        {
            case 's': return CharacterClass.IsSpace;
            case 'S': return other => !CharacterClass.IsSpace(other);
            case 'w': return CharacterClass.IsWord;
            case 'W': return other => !CharacterClass.IsWord(other);
            case 'd': return other => CharacterClass.CategoryOf(other) == UnicodeCategory.DecimalDigitNumber;
            case 'D': return other => CharacterClass.CategoryOf(other) != UnicodeCategory.DecimalDigitNumber;
            case 'h': return other => other < 128 && char.IsAsciiHexDigit((char)other);
            case 'p' or 'P': return ParseProperty(ref at, negated: code == 'P');
            case 'n': code = '\n'; break;
            case 'r': code = '\r'; break;
            case 't': code = '\t'; break;
            case 'f': code = '\f'; break;
            case 'v': code = '\v'; break;
            case 'a': code = '\a'; break;
            case 'e': code = 0x1B; break;
            case '0': code = 0; break;
            case 'x': code = ParseHex(ref at, 2); break;
            case 'u': code = ParseHex(ref at, 4); break;
        }

        return null;
    }

    private Func<int, bool> ParseProperty(ref int at, bool negated)
    {
        string name;
        if (at < expression.Length && expression[at] == '{')
        {
            int close = expression.IndexOf('}', at);
            if (close < 0) throw new FormatException($"the expression {expression} has a \\p{{ that is not closed");
            name = expression[(at + 1)..close];
            at = close + 1;
        }
        else
        {
            name = at < expression.Length ? expression[at++].ToString() : "";
        }

        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }

        Func<int, bool> set = UnicodeProperties.Find(name) ?? throw new FormatException($"the expression {expression} names the property {name}, which is not supported");
        return negated ? code => !set(code) : set;
    }

    private int ParseHex(ref int at, int digits)
    {
        int end = at + digits;
        if (at < expression.Length && expression[at] == '{')
        {
            at++;
            end = expression.IndexOf('}', at);
        }

        if (end < 0 || end > expression.Length || !int.TryParse(expression.AsSpan(at, end - at), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code))
            throw new FormatException($"the expression {expression} has a malformed character number");
        at = end < expression.Length && expression[end] == '}' && expression[at - 1] == '{' ? end + 1 : end;
        return code;
    }

    private Func<int, bool> Range(int low, int high)
    {
        if (!ignoreCase || high - low > 4096) return code => code >= low && code <= high;
        HashSet<int> variants = [.. Enumerable.Range(low, high - low + 1).SelectMany(CharacterClass.CaseVariants)];
        return variants.Contains;
    }

    private static Func<int, bool> Any(List<Func<int, bool>> sets)
    {
        Func<int, bool>[] all = [.. sets];
        return all is [Func<int, bool> only] ? only : code =>
        {
            foreach (Func<int, bool> set in all)
            {
                if (set(code)) return true;
            }

            return false;
        };
    }

    private static Func<int, bool> And(Func<int, bool>? left, Func<int, bool> right) => left is null ? right : code => left(code) && right(code);
}
