namespace Plum.Text.Jinja;

/// <summary>The names that every template sees: jinja2's own, and transformers' raise_exception and strftime_now.</summary>
internal static class Globals
{
    private const long LongestRange = 100_000;

    public static void Define(Frame frame, TimeProvider time)
    {
        frame["range"] = (Callable)Range;
        frame["dict"] = (Callable)Dictionary;
        frame["namespace"] = (Callable)MakeNamespace;
        frame["cycler"] = (Callable)(arguments => new Cycler([.. arguments.Positional]));
        frame["joiner"] = (Callable)Joiner;
        frame["raise_exception"] = (Callable)(arguments => throw new JinjaException("TemplateError", PythonValue.Text(arguments.Required(0, "message"))));
        frame["strftime_now"] = (Callable)(arguments => Strftime.Format(time.GetLocalNow(), arguments.Text(0, "format")));
    }

    private static List<object?> Range(Arguments arguments)
    {
        long first = arguments.Int(0, "start", 0), start = arguments.Count > 1 ? first : 0, stop = arguments.Count > 1 ? arguments.Int(1, "stop", 0) : first, step = arguments.Int(2, "step", 1);
        if (arguments.Count == 0) throw JinjaException.Type("range expected at least 1 argument, got 0");
        if (step == 0) throw new JinjaException("ValueError", "range() arg 3 must not be zero");
        double count = Math.Ceiling((stop - (double)start) / step);
        if (count > LongestRange) throw new JinjaException("OverflowError", $"Range too big. The sandbox blocks ranges larger than MAX_RANGE ({LongestRange}).");
        List<object?> numbers = [];
        for (long i = 0; i < count; i++) numbers.Add(start + (i * step));
        return numbers;
    }

    private static PythonDictionary Dictionary(Arguments arguments)
    {
        PythonDictionary dictionary = arguments.Get(0, "") switch
        {
            null => [],
            PythonDictionary source => CollectionMethods.Copy(source),
            var pairs => Pairs(PythonValue.Items(pairs)),
        };
        foreach ((string name, object? value) in arguments.Named) dictionary[name] = value;
        return dictionary;
    }

    private static PythonDictionary Pairs(List<object?> pairs)
    {
        PythonDictionary dictionary = [];
        foreach (object? pair in pairs)
        {
            if (PythonValue.Items(pair) is not [object key, var value]) throw JinjaException.Type("cannot convert dictionary update sequence element to a pair");
            dictionary[key] = value;
        }

        return dictionary;
    }

    private static Namespace MakeNamespace(Arguments arguments)
    {
        Namespace space = new();
        if (arguments.Get(0, "") is PythonDictionary source)
        {
            foreach ((object key, object? value) in source) space.Values[PythonValue.Text(key)] = value;
        }

        foreach ((string name, object? value) in arguments.Named) space.Values[name] = value;
        return space;
    }

    private static Callable Joiner(Arguments arguments)
    {
        string separator = arguments.Text(0, "sep", ", ");
        bool used = false;
        return _ =>
        {
            string text = used ? separator : "";
            used = true;
            return text;
        };
    }
}

/// <summary>cycler(): hands out its items in turn.</summary>
internal sealed class Cycler(IReadOnlyList<object?> items)
{
    private int at;

    public object? Get(string name) => name switch
    {
        "current" => items[at],
        "next" => (Callable)(_ => items[at++ % items.Count] is var item && (at %= items.Count) >= 0 ? item : null),
        "reset" => (Callable)(_ => at = 0),
        _ => null,
    };
}
