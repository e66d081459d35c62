namespace Plum.Text.Jinja;

/// <summary>value.name, value[key] and value[a:b:c] as jinja2's sandbox resolves them.</summary>
internal static class PythonAccess
{
    /// <summary>Methods that change their object: the immutable sandbox refuses them.</summary>
    private static readonly string[] Mutating =
        ["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort", "popitem", "setdefault", "update"];

    /// <summary>value.name: an attribute or method, else an item.</summary>
    public static object? Attribute(object? value, string name)
    {
        if (value is Undefined undefined) throw undefined.Error();
        if (Own(value, name) is { } found) return found;
        if (value is PythonDictionary dictionary && dictionary.TryGetValue(name, out object? item)) return item;
        if (value is Namespace space && space.Values.TryGetValue(name, out item)) return item;
        return Missing(value, name);
    }

    /// <summary>value[key]: an item, else an attribute.</summary>
    public static object? Item(object? value, object? key)
    {
        switch (value, key)
        {
            case (Undefined undefined, _):
                throw undefined.Error();
            case (PythonDictionary dictionary, not null):
                if (dictionary.TryGetValue(key, out object? item)) return item;
                break;
            case (List<object?> list, long index):
                if (Offset(index, list.Count) is { } place) return list[place];
                break;
            case (List<object?> list, bool flag):
                if (list.Count > (flag ? 1 : 0)) return list[flag ? 1 : 0];
                break;
            case (string text, long index):
                List<object?> characters = PythonValue.Items(text);
                if (Offset(index, characters.Count) is { } at) return characters[at];
                break;
        }

        return key is string name && Own(value, name) is { } found ? found : Missing(value, key);
    }

    /// <summary>value[start:stop:step] of a list, a tuple or a text.</summary>
    public static object? Slice(object? value, object? start, object? stop, object? step)
    {
        if (value is Undefined undefined) throw undefined.Error();
        if (value is not (List<object?> or string)) throw JinjaException.Type($"'{PythonValue.TypeName(value)}' object is not subscriptable");
        List<object?> items = PythonValue.Items(value);
        long stride = Bound(step) ?? 1;
        if (stride == 0) throw new JinjaException("ValueError", "slice step cannot be zero");
        long from = Clamp(Bound(start), stride > 0 ? 0 : items.Count - 1), to = Clamp(Bound(stop), stride > 0 ? items.Count : -1);
        List<object?> result = [];
        for (long i = from; stride > 0 ? i < to : i > to; i += stride) result.Add(items[(int)i]);
        return value is string ? string.Concat(result) : value is PythonTuple ? new PythonTuple(result) : result;

        long Clamp(long? bound, long otherwise)
        {
            if (bound is not { } given) return otherwise;
            long place = given < 0 ? given + items.Count : given;
            return stride > 0 ? Math.Clamp(place, 0, items.Count) : Math.Clamp(place, -1, items.Count - 1);
        }
    }

    private static long? Bound(object? value) => value switch
    {
        null => null,
        long number => number,
        bool flag => flag ? 1 : 0,
        Undefined undefined => throw undefined.Error(),
        _ => throw JinjaException.Type("slice indices must be integers or None or have an __index__ method"),
    };

    private static int? Offset(long index, int count)
    {
        long place = index < 0 ? index + count : index;
        return place >= 0 && place < count ? (int)place : null;
    }

    /// <summary>An attribute or method of the value itself; null where it has none.</summary>
    public static object? Own(object? value, string name)
    {
        if (name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal)) return Unsafe(value, name);
        if (value is List<object?> or PythonDictionary && Array.IndexOf(Mutating, name) >= 0 && (value is PythonDictionary || name is not ("popitem" or "setdefault" or "update")))
            return Unsafe(value, name);
        return value switch
        {
            string text => StringMethods.Find(text, name),
            PythonDictionary dictionary => CollectionMethods.Find(dictionary, name),
            List<object?> list => CollectionMethods.Find(list, name),
            LoopState loop => loop.Get(name),
            Macro macro => macro.Get(name),
            Cycler cycler => cycler.Get(name),
            _ => null,
        };
    }

    /// <summary>What only fails when it is used, as in jinja2.</summary>
    private static Undefined Unsafe(object? value, string name) =>
        new($"access to attribute '{name}' of '{PythonValue.TypeName(value)}' object is unsafe.", "SecurityError");

    /// <summary>What a missing attribute or item evaluates to.</summary>
    public static Undefined Missing(object? value, object? key)
    {
        string owner = value is null ? "None" : value is Namespace ? "jinja2.utils.Namespace object" : $"{PythonValue.TypeName(value)} object";
        return key is string name
            ? new Undefined($"'{owner}' has no attribute '{name}'")
            : new Undefined($"{owner} has no element {PythonValue.Repr(key)}");
    }
}
