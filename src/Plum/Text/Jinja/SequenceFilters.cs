namespace Plum.Text.Jinja;

/// <summary>The filters of jinja2 that work on sequences.</summary>
internal static class SequenceFilters
{
    public static IReadOnlyDictionary<string, Func<object?, Arguments, object?>> All { get; } = new Dictionary<string, Func<object?, Arguments, object?>>(StringComparer.Ordinal)
    {
        ["batch"] = (value, a) => new PythonGenerator(Batch(PythonValue.Items(value), (int)Math.Max(1, a.Int(0, "linecount", 1)), a.Get(1, "fill_with"))),
        ["count"] = (value, _) => PythonValue.Length(value),
        ["dictsort"] = DictSort,
        ["first"] = (value, _) => PythonValue.Items(value) is [var first, ..] ? first : new Undefined("No first item, sequence was empty."),
        ["groupby"] = GroupBy,
        ["items"] = (value, _) => value switch
        {
            Undefined => new PythonGenerator([]),
            PythonDictionary dictionary => new PythonGenerator(CollectionMethods.Items(dictionary)),
            _ => throw JinjaException.Type("Can only get item pairs from a mapping."),
        },
        ["join"] = Join,
        ["last"] = (value, _) => PythonValue.Items(value) is [.., var last] ? last : new Undefined("No last item, sequence was empty."),
        ["length"] = (value, _) => PythonValue.Length(value),
        ["list"] = (value, _) => new List<object?>(PythonValue.Items(value)),
        ["map"] = Map,
        ["max"] = (value, a) => Extreme(value, a, 1),
        ["min"] = (value, a) => Extreme(value, a, -1),
        ["reject"] = (value, a) => Select(value, a, byAttribute: false, keep: false),
        ["rejectattr"] = (value, a) => Select(value, a, byAttribute: true, keep: false),
        ["reverse"] = Reverse,
        ["select"] = (value, a) => Select(value, a, byAttribute: false, keep: true),
        ["selectattr"] = (value, a) => Select(value, a, byAttribute: true, keep: true),
        ["slice"] = Slices,
        ["sort"] = Sort,
        ["sum"] = (value, a) => PythonValue.Items(value).Select(Key(a, 0)).Aggregate(a.Get(1, "start", 0L), (total, item) => PythonOperators.Binary("+", total, item)),
        ["unique"] = Unique,
    };

    private static string Join(object? value, Arguments arguments)
    {
        string text = string.Join(PythonValue.Text(arguments.Get(0, "d", "")), PythonValue.Items(value).Select(Key(arguments, 1)).Select(PythonValue.Text));
        Budget.CheckSize(text.Length);
        return text;
    }

    private static PythonGenerator Map(object? value, Arguments arguments)
    {
        List<object?> items = ItemsIfTrue(value);
        if (arguments.Count == 0 && arguments.Named.ContainsKey("attribute"))
        {
            object? otherwise = arguments.Get(9, "default");
            return new PythonGenerator(items.Select(Key(arguments, 9)).Select(found => found is Undefined && otherwise is not null ? otherwise : found));
        }

        string name = arguments.Text(0, "filter");
        if (!Filters.Exists(name)) throw new JinjaException("TemplateRuntimeError", $"No filter named '{name}'.");
        return new PythonGenerator(items.Select(item => Filters.Apply(name, item, arguments.Skip(1))));
    }

    private static PythonGenerator Select(object? value, Arguments arguments, bool byAttribute, bool keep)
    {
        Func<object?, object?> key = byAttribute ? Key(arguments, 0) : item => item;
        int place = byAttribute ? 1 : 0;
        string? test = arguments.Count > place ? arguments.Text(place, "test") : null;
        if (test is not null && !Tests.Exists(test)) throw new JinjaException("TemplateRuntimeError", $"No test named '{test}'.");
        return new PythonGenerator(ItemsIfTrue(value).Where(item =>
            (test is null ? PythonValue.IsTrue(key(item)) : Tests.Apply(test, key(item), arguments.Skip(place + 1))) == keep));
    }

    /// <summary>None and other false values are taken for empty, as jinja2 does in these filters.</summary>
    private static List<object?> ItemsIfTrue(object? value) => PythonValue.IsTrue(value) ? PythonValue.Items(value) : [];

    private static object? Reverse(object? value, Arguments arguments)
    {
        IEnumerable<object?> items = Enumerable.Reverse(PythonValue.Items(value));
        return value is string ? string.Concat(items) : new PythonGenerator(items);
    }

    private static List<object?> Sort(object? value, Arguments arguments) =>
        Ordered(PythonValue.Items(value), Folded(Key(arguments, 2), arguments.Flag(1, "case_sensitive", false)), arguments.Flag(0, "reverse", false));

    private static List<object?> DictSort(object? value, Arguments arguments)
    {
        if (value is not PythonDictionary dictionary) throw JinjaException.Type($"'{PythonValue.TypeName(value)}' object has no items");
        int part = arguments.Text(1, "by", "key") == "value" ? 1 : 0;
        return Ordered(CollectionMethods.Items(dictionary), Folded(item => ((PythonTuple)item!)[part], arguments.Flag(0, "case_sensitive", false)), arguments.Flag(2, "reverse", false));
    }

    private static List<object?> GroupBy(object? value, Arguments arguments)
    {
        Func<object?, object?> key = Key(arguments, 0), folded = Folded(key, arguments.Flag(2, "case_sensitive", false));
        List<object?> groups = [];
        List<object?>? current = null;
        object? last = null;
        foreach (object? item in Ordered(PythonValue.Items(value), folded, reverse: false))
        {
            if (current is null || !PythonEquality.Comparer.Equals(last, folded(item)))
            {
                current = [];
                groups.Add(new PythonTuple([key(item), current]));
                last = folded(item);
            }

            current.Add(item);
        }

        return groups;
    }

    private static PythonGenerator Unique(object? value, Arguments arguments)
    {
        Func<object?, object?> key = Folded(Key(arguments, 1), arguments.Flag(0, "case_sensitive", false));
        List<object?> seen = [], kept = [];
        foreach (object? item in PythonValue.Items(value))
        {
            if (seen.Exists(other => PythonEquality.Comparer.Equals(other, key(item)))) continue;
            seen.Add(key(item));
            kept.Add(item);
        }

        return new PythonGenerator(kept);
    }

    private static object? Extreme(object? value, Arguments arguments, int sign)
    {
        Func<object?, object?> key = Folded(Key(arguments, 1), arguments.Flag(0, "case_sensitive", false));
        List<object?> items = PythonValue.Items(value);
        if (items.Count == 0) return new Undefined("No aggregated item, sequence was empty.");
        return items.Aggregate((best, item) => PythonEquality.Compare(key(item), key(best), "<") * sign > 0 ? item : best);
    }

    private static List<object?> Batch(List<object?> items, int size, object? fill)
    {
        List<object?> batches = [];
        foreach (object?[] chunk in items.Chunk(size))
        {
            List<object?> batch = [.. chunk];
            while (fill is not null && batch.Count < size) batch.Add(fill);
            batches.Add(batch);
        }

        return batches;
    }

    private static PythonGenerator Slices(object? value, Arguments arguments)
    {
        List<object?> items = PythonValue.Items(value), slices = [];
        int count = (int)Math.Clamp(arguments.Int(0, "slices", 1), 1, 100_000), size = items.Count / count, longer = items.Count % count, at = 0;
        for (int i = 0; i < count; i++)
        {
            int take = size + (i < longer ? 1 : 0);
            List<object?> slice = items.GetRange(at, take);
            at += take;
            if (arguments.Get(1, "fill_with") is { } fill && i >= longer && longer > 0) slice.Add(fill);
            slices.Add(slice);
        }

        return new PythonGenerator(slices);
    }

    private static List<object?> Ordered(List<object?> items, Func<object?, object?> key, bool reverse)
    {
        Comparer<object?> order = Comparer<object?>.Create((left, right) => PythonEquality.Compare(left, right, "<"));
        return [.. reverse ? items.OrderByDescending(key, order) : items.OrderBy(key, order)];
    }

    /// <summary>The item itself, or what an attribute path leads to: <c>function.name</c>, <c>0</c>.</summary>
    private static Func<object?, object?> Key(Arguments arguments, int place)
    {
        object? attribute = arguments.Get(place, "attribute");
        if (attribute is null) return item => item;
        if (attribute is long index) return item => PythonAccess.Item(item, index);
        object[] path = [.. PythonValue.Text(attribute).Split('.').Select(part => long.TryParse(part, out long number) ? number : (object)part)];
        return item => path.Aggregate(item, PythonAccess.Item);
    }

    private static Func<object?, object?> Folded(Func<object?, object?> key, bool caseSensitive) =>
        caseSensitive ? key : item => key(item) is string text ? text.ToLowerInvariant() : key(item);
}
