using System.Globalization;
using System.Numerics;
using System.Text;

namespace Plum.Sandboxes;

/// <summary>Python literals: what tests are written in and what reports show. Parsing is <see cref="LiteralParser"/>'s.</summary>
public static class PythonLiteral
{
    private const int MostBits = 1 << 17;

    /// <summary>
    /// Reads one literal: numbers, strings and bytes with prefixes and escapes, lists, tuples, dicts, sets, <c>set()</c>,
    /// <c>frozenset(...)</c>, <c>float('nan')</c>, <c>float('inf')</c> and signs; nothing is evaluated.
    /// </summary>
    /// <param name="text">The literal; white space, line breaks and comments are allowed around and inside it.</param>
    /// <exception cref="FormatException">It is not one; the message names the column.</exception>
    public static TypedValue Parse(string text)
    {
        LiteralParser parser = new(text);
        TypedValue value = parser.Value();
        parser.End();
        return value;
    }

    /// <summary>Reads one literal without an exception where it is none.</summary>
    /// <param name="text">The literal.</param>
    /// <param name="value">The value; null where the text is no literal.</param>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TypedValue? value)
    {
        try
        {
            value = Parse(text);
            return true;
        }
        catch (FormatException)
        {
            value = null;
            return false;
        }
    }

    /// <summary>Writes a value as Python's <c>repr</c> does; the members of sets are sorted by their text.</summary>
    /// <param name="value">The value.</param>
    /// <param name="most">The most characters; what is longer is cut and ends in <c>...</c>.</param>
    public static string Format(TypedValue value, int most = int.MaxValue)
    {
        StringBuilder text = new();
        Write(text, value, most);
        return text.Length > most ? text.ToString(0, most) + "..." : text.ToString();
    }

    internal static Call ParseArguments(string text)
    {
        LiteralParser parser = new(text);
        return parser.Arguments();
    }

    private static void Write(StringBuilder text, TypedValue value, int most)
    {
        if (text.Length > most)
            return;
        switch (value)
        {
            case TypedValue.None: text.Append("None"); break;
            case TypedValue.Bool(bool flag): text.Append(flag ? "True" : "False"); break;
            case TypedValue.Int(BigInteger number):
                long bits = number.GetBitLength();
                text.Append(bits > MostBits ? $"<int of {bits} bits>" : number.ToString(CultureInfo.InvariantCulture));
                break;
            case TypedValue.Float(double number): text.Append(Float(number)); break;
            case TypedValue.Complex(double real, double imaginary): text.Append(Complex(real, imaginary)); break;
            case TypedValue.Str(string content): WriteText(text, content, most); break;
            case TypedValue.Bytes(ReadOnlyMemory<byte> bytes): WriteBytes(text, bytes.Span, most); break;
            case TypedValue.List(IReadOnlyList<TypedValue> items): WriteItems(text, "[", items, "]", most); break;
            case TypedValue.Tuple(IReadOnlyList<TypedValue> items): WriteItems(text, "(", items, items.Count == 1 ? ",)" : ")", most); break;
            case TypedValue.Set(IReadOnlyList<TypedValue> items): WriteMembers(text, items, "{", "}", "set()", most); break;
            case TypedValue.FrozenSet(IReadOnlyList<TypedValue> items): WriteMembers(text, items, "frozenset({", "})", "frozenset()", most); break;
            case TypedValue.Dict(IReadOnlyList<KeyValuePair<TypedValue, TypedValue>> items):
                text.Append('{');
                for (int at = 0; at < items.Count && text.Length <= most; at++)
                {
                    if (at > 0)
                        text.Append(", ");
                    Write(text, items[at].Key, most);
                    text.Append(": ");
                    Write(text, items[at].Value, most);
                }
                text.Append('}');
                break;
            case TypedValue.Opaque(string type): text.Append('<').Append(type.Length == 0 ? "object" : type).Append('>'); break;
        }
    }

    private static void WriteItems(StringBuilder text, string open, IReadOnlyList<TypedValue> items, string close, int most)
    {
        text.Append(open);
        for (int at = 0; at < items.Count && text.Length <= most; at++)
        {
            if (at > 0)
                text.Append(", ");
            Write(text, items[at], most);
        }
        text.Append(close);
    }

    private static void WriteMembers(StringBuilder text, IReadOnlyList<TypedValue> items, string open, string close, string empty, int most)
    {
        if (items.Count == 0)
        {
            text.Append(empty);
            return;
        }
        string[] members = [.. items.Select(item => Format(item, most))];
        Array.Sort(members, StringComparer.Ordinal);
        text.Append(open).AppendJoin(", ", members).Append(close);
    }

    private static string Complex(double real, double imaginary)
    {
        string tail = ShortFloat(imaginary) + "j";
        if (real == 0 && !double.IsNegative(real))
            return tail;
        return $"({ShortFloat(real)}{(tail[0] == '-' ? "" : "+")}{tail})";
    }

    private static string ShortFloat(double number) =>
        double.IsNaN(number) ? "nan" : double.IsInfinity(number) ? number > 0 ? "inf" : "-inf"
        : Float(number) is var text && text.EndsWith(".0", StringComparison.Ordinal) ? text[..^2] : text;

    /// <summary>The shortest digits that read back the same, laid out as Python does: an exponent below 1e-4 and from 1e16.</summary>
    private static string Float(double number)
    {
        if (double.IsNaN(number))
            return "float('nan')";
        if (double.IsInfinity(number))
            return number > 0 ? "float('inf')" : "float('-inf')";
        if (number == 0)
            return double.IsNegative(number) ? "-0.0" : "0.0";
        string digits = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        int exponentAt = digits.IndexOf('E', StringComparison.Ordinal);
        string mantissa = exponentAt < 0 ? digits : digits[..exponentAt];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        int exponent = exponentAt >= 0 ? int.Parse(digits.AsSpan(exponentAt + 1), provider: CultureInfo.InvariantCulture)
            : mantissa.StartsWith("0.", StringComparison.Ordinal) ? -(mantissa.AsSpan(2).IndexOfAnyExcept('0') + 1)
            : (point < 0 ? mantissa.Length : point) - 1;
        string significant = mantissa.Replace(".", "", StringComparison.Ordinal).Trim('0');
        string sign = number < 0 ? "-" : "";
        if (exponent is < -4 or >= 16)
        {
            string fraction = significant.Length > 1 ? "." + significant[1..] : "";
            return $"{sign}{significant[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }
        if (exponent < 0)
            return sign + "0." + new string('0', -exponent - 1) + significant;
        string padded = significant.PadRight(exponent + 1, '0');
        string after = padded[(exponent + 1)..];
        return sign + padded[..(exponent + 1)] + "." + (after.Length == 0 ? "0" : after);
    }

    private static void WriteText(StringBuilder text, string content, int most)
    {
        char quote = content.Contains('\'', StringComparison.Ordinal) && !content.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        text.Append(quote);
        for (int at = 0; at < content.Length && text.Length <= most; at++)
        {
            char letter = content[at];
            if (char.IsHighSurrogate(letter) && at + 1 < content.Length && char.IsLowSurrogate(content[at + 1]))
                text.Append(letter).Append(content[++at]);
            else if (letter == quote || letter == '\\')
                text.Append('\\').Append(letter);
            else if (letter is '\n' or '\r' or '\t')
                text.Append(letter switch { '\n' => "\\n", '\r' => "\\r", _ => "\\t" });
            else if (letter < ' ' || letter is >= '\x7f' and <= '\xa0' || letter == '\xad')
                text.Append(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}");
            else if (char.IsSurrogate(letter) || letter is '\u2028' or '\u2029')
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            else
                text.Append(letter);
        }
        text.Append(quote);
    }

    private static void WriteBytes(StringBuilder text, ReadOnlySpan<byte> bytes, int most)
    {
        char quote = bytes.Contains((byte)'\'') && !bytes.Contains((byte)'"') ? '"' : '\'';
        text.Append('b').Append(quote);
        for (int at = 0; at < bytes.Length && text.Length <= most; at++)
        {
            char letter = (char)bytes[at];
            if (letter == quote || letter == '\\')
                text.Append('\\').Append(letter);
            else if (letter is '\n' or '\r' or '\t')
                text.Append(letter switch { '\n' => "\\n", '\r' => "\\r", _ => "\\t" });
            else if (letter is < ' ' or > '~')
                text.Append(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}");
            else
                text.Append(letter);
        }
        text.Append(quote);
    }
}
