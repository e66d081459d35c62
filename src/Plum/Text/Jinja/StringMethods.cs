using System.Globalization;
using System.Text;

namespace Plum.Text.Jinja;

/// <summary>The methods of Python's str.</summary>
internal static class StringMethods
{
    public static Callable? Find(string text, string name) => name switch
    {
        "upper" => _ => text.ToUpperInvariant(),
        "lower" or "casefold" => _ => text.ToLowerInvariant(),
        "capitalize" => _ => Capitalize(text),
        "title" => _ => Title(text),
        "swapcase" => _ => string.Concat(text.Select(c => char.IsUpper(c) ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c))),
        "strip" => a => Strip(text, a.Get(0, "chars"), left: true, right: true),
        "lstrip" => a => Strip(text, a.Get(0, "chars"), left: true, right: false),
        "rstrip" => a => Strip(text, a.Get(0, "chars"), left: false, right: true),
        "startswith" => a => Affixes(a).Exists(affix => text.StartsWith(affix, StringComparison.Ordinal)),
        "endswith" => a => Affixes(a).Exists(affix => text.EndsWith(affix, StringComparison.Ordinal)),
        "removeprefix" => a => a.Text(0, "prefix") is var prefix && text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text,
        "removesuffix" => a => a.Text(0, "suffix") is var suffix && text.EndsWith(suffix, StringComparison.Ordinal) ? text[..^suffix.Length] : text,
        "replace" => a => Replace(text, a.Text(0, "old"), a.Text(1, "new"), a.Int(2, "count", -1)),
        "split" => a => Split(text, a.Get(0, "sep"), a.Int(1, "maxsplit", -1), fromRight: false),
        "rsplit" => a => Split(text, a.Get(0, "sep"), a.Int(1, "maxsplit", -1), fromRight: true),
        "splitlines" => a => SplitLines(text, a.Flag(0, "keepends", false)),
        "partition" => a => Partition(text, a.Text(0, "sep"), text.IndexOf(a.Text(0, "sep"), StringComparison.Ordinal), missingFirst: true),
        "rpartition" => a => Partition(text, a.Text(0, "sep"), text.LastIndexOf(a.Text(0, "sep"), StringComparison.Ordinal), missingFirst: false),
        "join" => a => Join(text, PythonValue.Items(a.Required(0, "iterable"))),
        "find" => a => Place(text, text.IndexOf(a.Text(0, "sub"), StringComparison.Ordinal)),
        "rfind" => a => Place(text, text.LastIndexOf(a.Text(0, "sub"), StringComparison.Ordinal)),
        "index" => a => Found(Place(text, text.IndexOf(a.Text(0, "sub"), StringComparison.Ordinal))),
        "rindex" => a => Found(Place(text, text.LastIndexOf(a.Text(0, "sub"), StringComparison.Ordinal))),
        "count" => a => Count(text, a.Text(0, "sub")),
        "ljust" => a => Pad(text, a.Int(0, "width", 0), a.Text(1, "fillchar", " "), 0),
        "rjust" => a => Pad(text, a.Int(0, "width", 0), a.Text(1, "fillchar", " "), 1),
        "center" => a => Pad(text, a.Int(0, "width", 0), a.Text(1, "fillchar", " "), 0.5),
        "zfill" => a => ZeroFill(text, a.Int(0, "width", 0)),
        "isdigit" or "isdecimal" => _ => All(text, char.IsDigit),
        "isnumeric" => _ => All(text, char.IsNumber),
        "isalpha" => _ => All(text, char.IsLetter),
        "isalnum" => _ => All(text, c => char.IsLetter(c) || char.IsNumber(c)),
        "isspace" => _ => All(text, char.IsWhiteSpace),
        "isupper" => _ => text.Any(char.IsUpper) && !text.Any(char.IsLower),
        "islower" => _ => text.Any(char.IsLower) && !text.Any(char.IsUpper),
        "istitle" => _ => text.Any(char.IsLetter) && Title(text) == text,
        "isascii" => _ => text.All(char.IsAscii),
        "expandtabs" => a => text.Replace("\t", new string(' ', (int)a.Int(0, "tabsize", 8)), StringComparison.Ordinal),
        "format" => a => PrintfFormat.Braces(text, a),
        _ => null,
    };

    public static string Capitalize(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    public static string Title(string text)
    {
        StringBuilder result = new(text.Length);
        bool inWord = false;
        foreach (char c in text)
        {
            result.Append(inWord ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c));
            inWord = char.IsLetter(c);
        }

        return result.ToString();
    }

    public static string Strip(string text, object? characters, bool left, bool right)
    {
        string? set = characters switch
        {
            null => null,
            string given => given,
            Undefined undefined => throw undefined.Error(),
            _ => throw JinjaException.Type("strip arg must be None or str"),
        };
        int start = 0, end = text.Length;
        while (left && start < end && Goes(text[start])) start++;
        while (right && end > start && Goes(text[end - 1])) end--;
        return text[start..end];

        bool Goes(char c) => set is null ? IsSpace(c) : set.Contains(c, StringComparison.Ordinal);
    }

    /// <summary>Python counts the separators U+001C to U+001F as white space too.</summary>
    private static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';

    public static string Replace(string text, string old, string replacement, long count)
    {
        Budget.CheckSize(text.Length + (long)(replacement.Length * (double)text.Length / Math.Max(1, old.Length)));
        if (old.Length == 0)
            return count < 0 ? replacement + string.Concat(text.EnumerateRunes().Select(rune => rune + replacement)) : throw JinjaException.Type("replacing the empty text a number of times is not supported");
        if (count < 0) return text.Replace(old, replacement, StringComparison.Ordinal);
        StringBuilder result = new();
        int done = 0;
        for (int found; count > 0 && (found = text.IndexOf(old, done, StringComparison.Ordinal)) >= 0; count--, done = found + old.Length)
            result.Append(text, done, found - done).Append(replacement);
        return result.Append(text, done, text.Length - done).ToString();
    }

    private static List<object?> Split(string text, object? separator, long most, bool fromRight)
    {
        if (separator is Undefined undefined) throw undefined.Error();
        if (separator is null) return SplitSpaces(text, most, fromRight);
        if (separator is not string sep) throw JinjaException.Type($"must be str or None, not {PythonValue.TypeName(separator)}");
        if (sep.Length == 0) throw new JinjaException("ValueError", "empty separator");
        if (!fromRight) return [.. text.Split(sep, most < 0 ? int.MaxValue : (int)most + 1)];
        List<object?> parts = [];
        int end = text.Length;
        while (most-- != 0 && end > 0 && text.LastIndexOf(sep, end - 1, end, StringComparison.Ordinal) is >= 0 and int at)
        {
            parts.Insert(0, text[(at + sep.Length)..end]);
            end = at;
        }

        parts.Insert(0, text[..end]);
        return parts;
    }

    private static List<object?> SplitSpaces(string text, long most, bool fromRight)
    {
        List<object?> words = [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
        if (most < 0 || words.Count <= most) return words;
        string rest = fromRight ? text.TrimEnd() : text.TrimStart();
        List<object?> parts = [];
        for (; most > 0; most--)
        {
            if (fromRight)
            {
                int start = rest.Length;
                while (!char.IsWhiteSpace(rest[start - 1])) start--;
                parts.Insert(0, rest[start..]);
                rest = rest[..start].TrimEnd();
            }
            else
            {
                int end = 0;
                while (!char.IsWhiteSpace(rest[end])) end++;
                parts.Add(rest[..end]);
                rest = rest[end..].TrimStart();
            }
        }

        parts.Insert(fromRight ? 0 : parts.Count, rest);
        return parts;
    }

    private static List<object?> SplitLines(string text, bool keepEnds)
    {
        List<object?> lines = [];
        for (int start = 0; start < text.Length;)
        {
            int end = start;
            while (end < text.Length && text[end] is not ('\n' or '\r' or '\v' or '\f' or '\u001C' or '\u001D' or '\u001E' or '\u0085' or '\u2028' or '\u2029')) end++;
            int next = end < text.Length ? end + (text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? 2 : 1) : end;
            lines.Add(text[start..(keepEnds ? next : end)]);
            start = next;
        }

        return lines;
    }

    private static PythonTuple Partition(string text, string separator, int at, bool missingFirst) => at >= 0
        ? new PythonTuple([text[..at], separator, text[(at + separator.Length)..]])
        : new PythonTuple(missingFirst ? [text, "", ""] : ["", "", text]);

    private static string Join(string separator, List<object?> items)
    {
        int index = items.FindIndex(item => item is not string);
        if (index >= 0) throw JinjaException.Type($"sequence item {index}: expected str instance, {PythonValue.TypeName(items[index])} found");
        return string.Join(separator, items);
    }

    private static List<string> Affixes(Arguments arguments) => arguments.Required(0, "prefix") switch
    {
        string text => [text],
        PythonTuple tuple => [.. tuple.Select(PythonValue.Text)],
        Undefined undefined => throw undefined.Error(),
        var other => throw JinjaException.Type($"startswith first arg must be str or a tuple of str, not {PythonValue.TypeName(other)}"),
    };

    private static long Place(string text, int index) => index < 0 ? -1 : index - text.AsSpan(0, index).ToString().Count(char.IsLowSurrogate);

    private static long Found(long place) => place >= 0 ? place : throw new JinjaException("ValueError", "substring not found");

    private static long Count(string text, string part)
    {
        if (part.Length == 0) return PythonValue.Length(text) + 1;
        long count = 0;
        for (int at = 0; (at = text.IndexOf(part, at, StringComparison.Ordinal)) >= 0; at += part.Length) count++;
        return count;
    }

    public static string Pad(string text, long width, string fill, double leftShare)
    {
        Budget.CheckSize(width);
        long missing = Math.Max(0, width - PythonValue.Length(text));
        long left = leftShare == 0.5 ? (missing / 2) + (missing & width & 1) : (long)(missing * leftShare);
        return new string(fill[0], (int)left) + text + new string(fill[0], (int)(missing - left));
    }

    private static string ZeroFill(string text, long width)
    {
        Budget.CheckSize(width);
        bool signed = text.Length > 0 && text[0] is '+' or '-';
        return signed ? text[0] + text[1..].PadLeft((int)Math.Max(0, width - 1), '0') : text.PadLeft((int)Math.Max(0, width), '0');
    }

    private static bool All(string text, Func<char, bool> test) => text.Length > 0 && text.All(test);

    internal static string Invariant(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
