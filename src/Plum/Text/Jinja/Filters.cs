using System.Globalization;

namespace Plum.Text.Jinja;

/// <summary>The filters of jinja2 that work on one value; those on sequences are in <see cref="SequenceFilters"/>.</summary>
internal static class Filters
{
    private static readonly Dictionary<string, Func<object?, Arguments, object?>> All = new(SequenceFilters.All, StringComparer.Ordinal)
    {
        ["abs"] = (value, _) => value switch { long n => (object)Math.Abs(n), double n => (object)Math.Abs(n), bool b => (object)(b ? 1L : 0L), _ => throw JinjaException.Type($"bad operand type for abs(): '{PythonValue.TypeName(value)}'") },
        ["attr"] = (value, a) => PythonAccess.Own(value, a.Text(0, "name")) ?? PythonAccess.Missing(value, a.Text(0, "name")),
        ["capitalize"] = (value, _) => StringMethods.Capitalize(PythonValue.Text(value)),
        ["center"] = (value, a) => StringMethods.Find(PythonValue.Text(value), "center")!(Arguments.Of(a.Int(0, "width", 80))),
        ["default"] = Default,
        ["d"] = Default,
        ["escape"] = (value, _) => Escape(PythonValue.Text(value)),
        ["e"] = (value, _) => Escape(PythonValue.Text(value)),
        ["forceescape"] = (value, _) => Escape(PythonValue.Text(value)),
        ["float"] = (value, a) => ToFloat(value) is { } number ? number : a.Get(0, "default", 0.0),
        ["format"] = (value, a) => PrintfFormat.Apply(PythonValue.Text(value), a.Named.Count > 0 ? Named(a) : new PythonTuple(a.Positional)),
        ["indent"] = Indent,
        ["int"] = (value, a) => ToInt(value, a.Int(1, "base", 10)) ?? a.Get(0, "default", 0L),
        ["lower"] = (value, _) => PythonValue.Text(value).ToLowerInvariant(),
        ["pprint"] = (value, _) => PythonValue.Repr(value),
        ["replace"] = (value, a) => StringMethods.Replace(PythonValue.Text(value), PythonValue.Text(a.Required(0, "old")), PythonValue.Text(a.Required(1, "new")), a.Int(2, "count", -1)),
        ["round"] = Round,
        ["safe"] = (value, _) => PythonValue.Text(value),
        ["string"] = (value, _) => PythonValue.Text(value),
        ["title"] = (value, _) => StringMethods.Title(PythonValue.Text(value)),
        ["tojson"] = ToJson,
        ["trim"] = (value, a) => StringMethods.Strip(PythonValue.Text(value), a.Get(0, "chars"), left: true, right: true),
        ["truncate"] = Truncate,
        ["upper"] = (value, _) => PythonValue.Text(value).ToUpperInvariant(),
        ["urlencode"] = (value, _) => Uri.EscapeDataString(PythonValue.Text(value)).Replace("%2F", "/", StringComparison.Ordinal),
        ["wordcount"] = (value, _) => (long)PythonValue.Text(value).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length,
    };

    public static bool Exists(string name) => All.ContainsKey(name);

    public static object? Apply(string name, object? value, Arguments arguments) => All.TryGetValue(name, out Func<object?, Arguments, object?>? filter)
        ? filter(value, arguments)
        : throw new JinjaException("TemplateRuntimeError", $"No filter named '{name}' found.");

    private static object? Default(object? value, Arguments arguments) =>
        value is Undefined || (arguments.Flag(1, "boolean", false) && !PythonValue.IsTrue(value)) ? arguments.Get(0, "default_value", "") : value;

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal);

    private static PythonDictionary Named(Arguments arguments)
    {
        PythonDictionary dictionary = [];
        foreach ((string name, object? value) in arguments.Named) dictionary[name] = value;
        return dictionary;
    }

    private static string Indent(object? value, Arguments arguments)
    {
        string indention = arguments.Get(0, "width") is string text ? text : new string(' ', (int)Math.Clamp(arguments.Int(0, "width", 4), 0, 10_000));
        bool blank = arguments.Flag(2, "blank", false);
        List<object?> lines = (List<object?>)StringMethods.Find(PythonValue.Text(value) + "\n", "splitlines")!(Arguments.Of())!;
        IEnumerable<string> indented = lines.Select((line, index) => index > 0 && (blank || ((string)line!).Length > 0) ? indention + line : (string)line!);
        return (arguments.Flag(1, "first", false) ? indention : "") + string.Join('\n', indented);
    }

    private static object? ToFloat(object? value) => value switch
    {
        string text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null,
        _ => PythonValue.Number(value) is { } number ? number : null,
    };

    private static object? ToInt(object? value, long radix)
    {
        switch (value)
        {
            case double number:
                return double.IsFinite(number) ? (long)number : null;
            case string text when radix == 10:
                return long.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Integer, CultureInfo.InvariantCulture, out long whole) ? whole
                    : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) && double.IsFinite(real) ? (long)real : null;
            case string text when radix is 2 or 8 or 16:
                try
                {
                    string digits = text.Trim();
                    return Convert.ToInt64(digits.Length > 2 && digits[0] == '0' && char.IsLetter(digits[1]) && (radix != 16 || digits[1] is 'x' or 'X') ? digits[2..] : digits, (int)radix);
                }
                catch (Exception error) when (error is FormatException or OverflowException or ArgumentException)
                {
                    return null;
                }

            default:
                return PythonValue.Number(value) is { } other ? (long)other : null;
        }
    }

    private static object? Round(object? value, Arguments arguments)
    {
        double number = PythonValue.Number(value) ?? throw JinjaException.Type($"type {PythonValue.TypeName(value)} doesn't define __round__ method");
        int precision = (int)arguments.Int(0, "precision", 0);
        string method = arguments.Text(1, "method", "common");
        if (method == "common")
        {
            if (value is long) return value;
            return precision is >= 0 and <= 15 ? Math.Round(number, precision, MidpointRounding.ToEven) : number;
        }

        double scale = Math.Pow(10, precision);
        return method switch
        {
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            _ => throw new JinjaException("FilterArgumentError", "method must be common, ceil or floor"),
        };
    }

    /// <summary>transformers' own: json.dumps without escaping for HTML; parameters as its signature has them.</summary>
    private static string ToJson(object? value, Arguments arguments)
    {
        int? indent = arguments.Get(1, "indent") is null ? null : (int)Math.Clamp(arguments.Int(1, "indent", 0), 0, 100);
        (string item, string key) = arguments.Get(2, "separators") is List<object?> { Count: 2 } separators
            ? (PythonValue.Text(separators[0]), PythonValue.Text(separators[1]))
            : (indent is null ? ", " : ",", ": ");
        return PythonJson.Dumps(value, indent, item, key, arguments.Flag(3, "sort_keys", false), arguments.Flag(0, "ensure_ascii", false));
    }

    private static string Truncate(object? value, Arguments arguments)
    {
        string text = PythonValue.Text(value), end = arguments.Text(2, "end", "...");
        int length = (int)arguments.Int(0, "length", 255), leeway = (int)arguments.Int(3, "leeway", 5);
        if (text.Length <= length + leeway) return text;
        string cut = text[..Math.Max(0, length - end.Length)];
        int space = cut.LastIndexOf(' ');
        return (arguments.Flag(1, "killwords", false) || space < 0 ? cut : cut[..space]) + end;
    }
}
