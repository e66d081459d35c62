using Plum.Sandboxes;

namespace Plum.Evaluation.Benchmarks;

/// <summary>
/// MBPP+'s inputs are JSON, which has no tuples, sets or complex numbers: which lists are which, task by task, is
/// EvalPlus's table (<c>mbpp_deserialize_inputs</c> of <c>data/mbpp.py</c>).
/// </summary>
internal static class MbppInputs
{
    private static readonly HashSet<int> Arguments =
        [2, 116, 132, 143, 222, 261, 273, 394, 399, 421, 424, 429, 470, 560, 579, 596, 616, 630, 726, 740, 744, 809];

    private static readonly HashSet<int> ItemsOfArguments = [63, 64, 70, 94, 120, 237, 272, 299, 400, 409, 417, 438, 473, 614, 780];
    private static readonly HashSet<int> ItemsOfFirst = [75, 413, 444, 753];
    private static readonly HashSet<int> First = [250, 405, 446, 617, 720, 763, 808, 307];
    private static readonly HashSet<int> ArgumentsAndItems = [259, 401, 445];
    private static readonly HashSet<int> Everything = [580, 615, 791];

    public static IReadOnlyList<Call> Decode(string taskId, IReadOnlyList<IReadOnlyList<TypedValue>> inputs)
    {
        int task = int.Parse(taskId.AsSpan(taskId.LastIndexOf('/') + 1), provider: null);
        return [.. inputs.Select(input => new Call(Decode(task, input)))];
    }

    private static IReadOnlyList<TypedValue> Decode(int task, IReadOnlyList<TypedValue> input) => task switch
    {
        _ when Arguments.Contains(task) => [.. input.Select(Tuple)],
        _ when ItemsOfArguments.Contains(task) => [.. input.Select(argument => new TypedValue.List([.. Items(argument).Select(Tuple)]))],
        _ when ArgumentsAndItems.Contains(task) => [.. input.Select(argument => new TypedValue.Tuple([.. Items(argument).Select(Tuple)]))],
        _ when ItemsOfFirst.Contains(task) => [new TypedValue.List([.. Items(input[0]).Select(Tuple)]), input[1]],
        _ when First.Contains(task) => [Tuple(input[0]), .. input.Skip(1)],
        _ when Everything.Contains(task) => [.. input.Select(Deep)],
        106 or 750 => [input[0], Tuple(input[1])],
        115 => [new TypedValue.List([.. Items(input[0]).Select(item => item is TypedValue.List { Items.Count: > 0 } list ? new TypedValue.Set([.. list.Items.Distinct()]) : (TypedValue)new TypedValue.Dict([]))])],
        124 => [Float(input[0]), Complex(input[1])],
        252 => [Complex(input[0])],
        278 => [new TypedValue.Tuple([.. Items(input[0]).Select(item => item is TypedValue.List ? Tuple(item) : item)])],
        722 => [new TypedValue.Dict([.. ((TypedValue.Dict)input[0]).Items.Select(item => KeyValuePair.Create(item.Key, Tuple(item.Value)))]), .. input.Skip(1)],
        _ => input,
    };

    /// <summary>Python's <c>tuple(x)</c>: a text gives its characters, a dict its keys.</summary>
    private static TypedValue Tuple(TypedValue value) => new TypedValue.Tuple(Items(value));

    private static IReadOnlyList<TypedValue> Items(TypedValue value) => value switch
    {
        TypedValue.List(var items) => items,
        TypedValue.Tuple(var items) => items,
        TypedValue.Str(string text) => [.. text.EnumerateRunes().Select(rune => new TypedValue.Str(rune.ToString()))],
        TypedValue.Dict(var items) => [.. items.Select(item => item.Key)],
        _ => throw new InputException($"MBPP+: {PythonLiteral.Format(value, 100)} stands where a list should: the file is not EvalPlus's release"),
    };

    private static TypedValue Deep(TypedValue value) => value is TypedValue.List(var items) ? new TypedValue.Tuple([.. items.Select(Deep)]) : value;

    private static TypedValue.Float Float(TypedValue value) => new(value switch
    {
        TypedValue.Float(double number) => number,
        TypedValue.Int(var number) => (double)number,
        TypedValue.Str(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture),
        _ => throw new InputException($"MBPP+: {value} stands where a number should: the file is not EvalPlus's release"),
    });

    /// <summary>Python's <c>complex(text)</c>, which keeps the sign of a zero.</summary>
    private static TypedValue.Complex Complex(TypedValue value)
    {
        if (value is not TypedValue.Str(string written)) return new(Float(value).Value, 0);
        string text = written.Trim().TrimStart('(').TrimEnd(')');
        if (!text.EndsWith('j')) return new(Float(new TypedValue.Str(text)).Value, 0);
        text = text[..^1];
        int sign = text.LastIndexOfAny(['+', '-']);
        if (sign > 0 && text[sign - 1] is ('e' or 'E')) sign = text.LastIndexOfAny(['+', '-'], sign - 1);
        return sign <= 0
            ? new(0, Float(new TypedValue.Str(text)).Value)
            : new(Float(new TypedValue.Str(text[..sign])).Value, Float(new TypedValue.Str(text[sign..])).Value);
    }
}
