namespace Plum.Text.Jinja;

/// <summary>Something that a template can call.</summary>
internal delegate object? Callable(Arguments arguments);

/// <summary>The arguments of a call, a filter or a test.</summary>
internal sealed record Arguments(IReadOnlyList<object?> Positional, IReadOnlyDictionary<string, object?> Named)
{
    private static readonly Dictionary<string, object?> NoNames = [];

    public static Arguments Of(params object?[] positional) => new(positional, NoNames);

    public int Count => Positional.Count;

    public bool Has(int index, string name) => index < Positional.Count || Named.ContainsKey(name);

    /// <summary>An argument by place or name.</summary>
    public object? Get(int index, string name, object? otherwise = null) =>
        index < Positional.Count ? Positional[index] : Named.TryGetValue(name, out object? value) ? value : otherwise;

    public object? Required(int index, string name) =>
        Has(index, name) ? Get(index, name) : throw JinjaException.Type($"missing a required argument: '{name}'");

    public string Text(int index, string name, string? otherwise = null) => Get(index, name, otherwise) switch
    {
        string text => text,
        null when otherwise is null => throw JinjaException.Type($"missing a required argument: '{name}'"),
        var other => throw JinjaException.Type($"must be str, not {PythonValue.TypeName(other)}"),
    };

    public long Int(int index, string name, long otherwise) => Get(index, name) switch
    {
        null => otherwise,
        long number => number,
        bool flag => flag ? 1 : 0,
        object other => throw JinjaException.Type($"'{PythonValue.TypeName(other)}' object cannot be interpreted as an integer"),
    };

    public bool Flag(int index, string name, bool otherwise) => Has(index, name) ? PythonValue.IsTrue(Get(index, name)) : otherwise;

    public Arguments Skip(int count) => new([.. Positional.Skip(count)], Named);
}
