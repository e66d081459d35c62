namespace Plum.Text.Jinja;

/// <summary>The methods of Python's dict and list that change nothing.</summary>
internal static class CollectionMethods
{
    public static Callable? Find(PythonDictionary dictionary, string name) => name switch
    {
        "items" => _ => Items(dictionary),
        "keys" => _ => new List<object?>(dictionary.Keys),
        "values" => _ => new List<object?>(dictionary.Values),
        "get" => a => a.Required(0, "key") is { } key && dictionary.TryGetValue(key, out object? value) ? value : a.Get(1, "default"),
        "copy" => _ => Copy(dictionary),
        _ => null,
    };

    public static Callable? Find(List<object?> list, string name) => name switch
    {
        "index" => a => list.FindIndex(item => PythonEquality.Comparer.Equals(item, a.Get(0, "value"))) is >= 0 and int index
            ? (long)index
            : throw new JinjaException("ValueError", $"{PythonValue.Repr(a.Get(0, "value"))} is not in list"),
        "count" => a => (long)list.Count(item => PythonEquality.Comparer.Equals(item, a.Get(0, "value"))),
        "copy" when list is not PythonTuple => _ => new List<object?>(list),
        _ => null,
    };

    public static List<object?> Items(PythonDictionary dictionary) => [.. dictionary.Select(item => (object?)new PythonTuple([item.Key, item.Value]))];

    public static PythonDictionary Copy(PythonDictionary dictionary)
    {
        PythonDictionary copy = [];
        foreach ((object key, object? value) in dictionary) copy[key] = value;
        return copy;
    }
}
