using System.Globalization;
using System.Text;

namespace Plum.Text.Jinja;

/// <summary>A tuple: a list that prints with parentheses.</summary>
internal sealed class PythonTuple(IEnumerable<object?> items) : List<object?>(items);

/// <summary>A dict: insertion order, Python's equality of keys.</summary>
internal sealed class PythonDictionary() : OrderedDictionary<object, object?>(PythonEquality.Comparer);

/// <summary>What map, select and their like give: iterated once, true whatever it holds, without length, index or JSON.</summary>
internal sealed class PythonGenerator(IEnumerable<object?> items)
{
    private List<object?> items = [.. items];

    public List<object?> Take()
    {
        List<object?> taken = items;
        items = [];
        return taken;
    }
}

/// <summary>The values of templates: null, bool, long, double, string, lists, dicts and callables, with Python's truth, text and iteration.</summary>
internal static class PythonValue
{
    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        List<object?> list => list.Count > 0,
        PythonDictionary dictionary => dictionary.Count > 0,
        _ => true,
    };

    public static string TypeName(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        long => "int",
        double => "float",
        string => "str",
        PythonTuple => "tuple",
        List<object?> => "list",
        PythonDictionary => "dict",
        PythonGenerator => "generator",
        Undefined => "Undefined",
        Namespace => "Namespace",
        Callable => "function",
        LoopState => "LoopContext",
        Macro => "Macro",
        _ => value.GetType().Name,
    };

    /// <summary>str(value).</summary>
    public static string Text(object? value) => value switch
    {
        string text => text,
        Undefined => "",
        _ => Repr(value),
    };

    /// <summary>repr(value).</summary>
    public static string Repr(object? value) => value switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => Repr(number),
        string text => Repr(text),
        PythonTuple { Count: 1 } tuple => $"({Repr(tuple[0])},)",
        PythonTuple tuple => $"({string.Join(", ", tuple.Select(Repr))})",
        List<object?> list => $"[{string.Join(", ", list.Select(Repr))}]",
        PythonDictionary dictionary => "{" + string.Join(", ", dictionary.Select(item => $"{Repr(item.Key)}: {Repr(item.Value)}")) + "}",
        Undefined => "Undefined",
        _ => $"<{TypeName(value)}>",
    };

    public static string Repr(double number)
    {
        if (double.IsNaN(number)) return "nan";
        if (double.IsInfinity(number)) return number > 0 ? "inf" : "-inf";
        double size = Math.Abs(number);
        if (size != 0 && (size < 1e-4 || size >= 1e16))
        {
            string text = number.ToString("E16", CultureInfo.InvariantCulture);
            string shortest = number.ToString("R", CultureInfo.InvariantCulture);
            int exponent = int.Parse(text[(text.IndexOf('E', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
            string digits = new([.. shortest.TakeWhile(c => c != 'E').Where(char.IsAsciiDigit)]);
            digits = digits.Trim('0');
            string mantissa = digits.Length > 1 ? $"{digits[0]}.{digits[1..]}" : digits;
            return string.Create(CultureInfo.InvariantCulture, $"{(number < 0 ? "-" : "")}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):D2}");
        }

        string plain = number.ToString("0.0################", CultureInfo.InvariantCulture);
        string exact = number.ToString("R", CultureInfo.InvariantCulture);
        return exact.Contains('E', StringComparison.Ordinal) ? plain : exact.Contains('.', StringComparison.Ordinal) ? exact : exact + ".0";
    }

    private static string Repr(string text)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        StringBuilder result = new();
        result.Append(quote);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\\' => result.Append("\\\\"),
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                '\t' => result.Append("\\t"),
                int code when code == quote => result.Append('\\').Append(quote),
                int code when IsPrintable(rune) => result.Append(rune),
                < 0x100 => result.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                < 0x10000 => result.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                _ => result.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
            };
        }

        return result.Append(quote).ToString();
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    /// <summary>The items of something that can be iterated: a list's, a dict's keys, a text's code points.</summary>
    public static List<object?> Items(object? value) => value switch
    {
        List<object?> list => list,
        PythonDictionary dictionary => [.. dictionary.Keys],
        string text => [.. text.EnumerateRunes().Select(rune => (object?)rune.ToString())],
        PythonGenerator generator => generator.Take(),
        Undefined => [],
        _ => throw JinjaException.Type($"'{TypeName(value)}' object is not iterable"),
    };

    public static bool IsIterable(object? value) => value is List<object?> or PythonDictionary or PythonGenerator or string or Undefined;

    /// <summary>len(value); texts count code points.</summary>
    public static long Length(object? value) => value switch
    {
        string text => text.Length - text.Count(char.IsLowSurrogate),
        List<object?> list => list.Count,
        PythonDictionary dictionary => dictionary.Count,
        Undefined => 0,
        _ => throw JinjaException.Type($"object of type '{TypeName(value)}' has no len()"),
    };

    /// <summary>A number as double; null where the value is none.</summary>
    public static double? Number(object? value) => value switch
    {
        bool flag => flag ? 1 : 0,
        long number => number,
        double number => number,
        _ => null,
    };
}
