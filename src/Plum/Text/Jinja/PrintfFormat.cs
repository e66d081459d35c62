using System.Globalization;
using System.Text.RegularExpressions;

namespace Plum.Text.Jinja;

/// <summary>Python's two ways to format: <c>"%s and %.2f" % values</c> and <c>"{} and {name:.2f}".format(...)</c>.</summary>
internal static partial class PrintfFormat
{
    /// <summary>format % values.</summary>
    public static string Apply(string format, object? values)
    {
        List<object?> list = values is PythonTuple tuple ? tuple : [values];
        int next = 0;
        string result = Directive().Replace(format, match =>
        {
            char kind = match.Groups["kind"].Value[0];
            if (kind == '%') return "%";
            object? value = match.Groups["name"].Success
                ? values is PythonDictionary dictionary && dictionary.TryGetValue(match.Groups["name"].Value, out object? named)
                    ? named
                    : throw new JinjaException("KeyError", $"'{match.Groups["name"].Value}'")
                : next < list.Count ? list[next++] : throw JinjaException.Type("not enough arguments for format string");
            string flags = match.Groups["flags"].Value;
            string text = Convert(kind, value, match.Groups["precision"].Success ? ParseInt(match.Groups["precision"].Value) : null);
            if (flags.Contains('+', StringComparison.Ordinal) && PythonValue.Number(value) >= 0 && kind is not ('s' or 'r')) text = "+" + text;
            int width = match.Groups["width"].Success ? ParseInt(match.Groups["width"].Value) : 0;
            return flags.Contains('-', StringComparison.Ordinal) ? text.PadRight(width)
                : flags.Contains('0', StringComparison.Ordinal) && kind is not ('s' or 'r') ? PadZeros(text, width) : text.PadLeft(width);
        });
        return next < list.Count && values is not PythonDictionary ? throw JinjaException.Type("not all arguments converted during string formatting") : result;
    }

    /// <summary>format.format(arguments).</summary>
    public static string Braces(string format, Arguments arguments)
    {
        int next = 0;
        return Field().Replace(format, match =>
        {
            if (match.Value is "{{" or "}}") return match.Value[..1];
            string name = match.Groups["name"].Value, spec = match.Groups["spec"].Value;
            object? value = name.Length == 0 ? At(next++) : int.TryParse(name, CultureInfo.InvariantCulture, out int index) ? At(index)
                : arguments.Named.TryGetValue(name, out object? named) ? named : throw new JinjaException("KeyError", $"'{name}'");
            if (match.Groups["conversion"].Value == "r") value = PythonValue.Repr(value);
            return Specified(value, spec);
        });

        object? At(int index) => index < arguments.Count ? arguments.Positional[index] : throw new JinjaException("IndexError", $"Replacement index {index} out of range for positional args tuple");
    }

    private static string Specified(object? value, string spec)
    {
        Match match = Specification().Match(spec);
        if (!match.Success) throw new JinjaException("ValueError", $"Invalid format specifier '{spec}'");
        string kind = match.Groups["kind"].Value;
        int? precision = match.Groups["precision"].Success ? ParseInt(match.Groups["precision"].Value) : null;
        string text = kind.Length > 0 ? Convert(kind[0], value, precision) : precision is { } digits && value is double ? Convert('g', value, digits) : PythonValue.Text(value);
        int width = match.Groups["width"].Success ? ParseInt(match.Groups["width"].Value) : 0;
        if (match.Groups["zero"].Length > 0) return PadZeros(text, width);
        string fill = match.Groups["fill"].Length > 0 ? match.Groups["fill"].Value : " ";
        string align = match.Groups["align"].Length > 0 ? match.Groups["align"].Value : PythonValue.Number(value) is null ? "<" : ">";
        return StringMethods.Pad(text, width, fill, align switch { "<" => 0, ">" => 1, _ => 0.5 });
    }

    private static string Convert(char kind, object? value, int? precision)
    {
        if (value is Undefined undefined && kind is not ('s' or 'r')) throw undefined.Error();
        if (kind is 's' or 'r')
        {
            string text = kind == 's' ? PythonValue.Text(value) : PythonValue.Repr(value);
            return precision < text.Length ? text[..precision.Value] : text;
        }

        double number = PythonValue.Number(value) ?? throw JinjaException.Type($"%{kind} format: a real number is required, not {PythonValue.TypeName(value)}");
        return kind switch
        {
            'd' or 'i' or 'u' => (value is long whole ? whole : (long)number).ToString(CultureInfo.InvariantCulture),
            'x' => ((long)number).ToString("x", CultureInfo.InvariantCulture),
            'X' => ((long)number).ToString("X", CultureInfo.InvariantCulture),
            'o' => System.Convert.ToString((long)number, 8),
            'f' or 'F' => StringMethods.Invariant(number, $"F{precision ?? 6}"),
            'e' => Exponent(number.ToString($"e{precision ?? 6}", CultureInfo.InvariantCulture)),
            'g' => StringMethods.Invariant(number, $"G{Math.Max(1, precision ?? 6)}"),
            'c' => char.ConvertFromUtf32((int)number),
            _ => throw new JinjaException("ValueError", $"unsupported format character '{kind}'"),
        };
    }

    private static string Exponent(string text) => ExponentDigits().Replace(text, "e$1$2");

    private static string PadZeros(string text, int width) =>
        text.Length > 0 && text[0] is '+' or '-' ? text[0] + text[1..].PadLeft(Math.Max(0, width - 1), '0') : text.PadLeft(width, '0');

    private static int ParseInt(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value < 10_000
        ? value
        : throw new JinjaException("ValueError", "a width or precision is too large");

    [GeneratedRegex(@"%(?:\((?<name>[^)]*)\))?(?<flags>[-+ 0#]*)(?<width>\d+)?(?:\.(?<precision>\d+))?[hlL]?(?<kind>.)", RegexOptions.Singleline)]
    private static partial Regex Directive();

    [GeneratedRegex(@"\{\{|\}\}|\{(?<name>[A-Za-z0-9_]*)(?:!(?<conversion>[rs]))?(?::(?<spec>[^{}]*))?\}")]
    private static partial Regex Field();

    [GeneratedRegex(@"^(?:(?<fill>.)?(?<align>[<>^]))?(?<zero>0)?(?<width>\d+)?(?:\.(?<precision>\d+))?(?<kind>[a-zA-Z])?$", RegexOptions.Singleline)]
    private static partial Regex Specification();

    [GeneratedRegex(@"e([+-])0?(\d\d)$")]
    private static partial Regex ExponentDigits();
}
