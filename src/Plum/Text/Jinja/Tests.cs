namespace Plum.Text.Jinja;

/// <summary>The tests of jinja2: what may follow <c>is</c>.</summary>
internal static class Tests
{
    private static readonly Dictionary<string, Func<object?, Arguments, bool>> All = new(StringComparer.Ordinal)
    {
        ["defined"] = (value, _) => value is not Undefined,
        ["undefined"] = (value, _) => value is Undefined,
        ["none"] = (value, _) => value is null,
        ["boolean"] = (value, _) => value is bool,
        ["true"] = (value, _) => value is true,
        ["false"] = (value, _) => value is false,
        ["integer"] = (value, _) => value is long,
        ["float"] = (value, _) => value is double,
        ["number"] = (value, _) => value is long or double or bool,
        ["string"] = (value, _) => value is string,
        ["mapping"] = (value, _) => value is PythonDictionary,
        ["iterable"] = (value, _) => PythonValue.IsIterable(value),
        ["sequence"] = (value, _) => value is not PythonGenerator && PythonValue.IsIterable(value),
        ["callable"] = (value, _) => value is Callable or Macro or LoopState,
        ["sameas"] = (value, a) => Same(value, a.Required(0, "other")),
        ["escaped"] = (_, _) => false,
        ["lower"] = (value, _) => StringMethods.Find(PythonValue.Text(value), "islower")!(Arguments.Of()) is true,
        ["upper"] = (value, _) => StringMethods.Find(PythonValue.Text(value), "isupper")!(Arguments.Of()) is true,
        ["odd"] = (value, _) => Remainder(value, 2L) is 1L or 1.0,
        ["even"] = (value, _) => Remainder(value, 2L) is 0L or 0.0,
        ["divisibleby"] = (value, a) => Remainder(value, a.Required(0, "num")) is 0L or 0.0,
        ["in"] = (value, a) => PythonOperators.Contains(a.Required(0, "seq"), value),
        ["filter"] = (value, _) => value is string name && Filters.Exists(name),
        ["test"] = (value, _) => value is string name && Exists(name),
    };

    static Tests()
    {
        foreach ((string sign, string[] names) in ((string, string[])[])
            [("==", ["eq", "equalto", "=="]), ("!=", ["ne", "!="]), ("<", ["lt", "lessthan", "<"]), ("<=", ["le", "<="]), (">", ["gt", "greaterthan", ">"]), (">=", ["ge", ">="])])
        {
            foreach (string name in names) All[name] = (value, a) => PythonOperators.Compare(sign, value, a.Required(0, "other"));
        }
    }

    public static bool Exists(string name) => All.ContainsKey(name);

    public static bool Apply(string name, object? value, Arguments arguments) => All.TryGetValue(name, out Func<object?, Arguments, bool>? test)
        ? test(value, arguments)
        : throw new JinjaException("TemplateRuntimeError", $"No test named '{name}' found.");

    private static object? Remainder(object? value, object? divisor) => PythonOperators.Binary("%", value, divisor);

    private static bool Same(object? left, object? right) => left switch
    {
        null or bool or long or string => Equals(left, right),
        _ => ReferenceEquals(left, right),
    };
}
