using Plum.Sandboxes;

namespace Plum.Evaluation.Judging;

/// <summary>
/// How a program's answers reach the comparison. The sandbox knows exact built-in types only, but a Counter equals a dict
/// and a namedtuple a tuple by anybody's rules; so the function is called through <c>view.py</c>, which rebuilds such values.
/// It runs in the program's own process and is as little to be trusted as it is: what it says is an answer, which is
/// compared elsewhere with values it never saw. Values of megabytes are told by their digest: two are then equal only
/// where they are so type for type.
/// </summary>
internal static class ReturnView
{
    private const string Mark = "\0view";

    /// <summary>What an answer follows from beside the program: kept answers are of one such text.</summary>
    public static string Version { get; } = Jail.Script("view");

    /// <summary>The expression that stands for the entry point.</summary>
    /// <param name="entryPoint">The function's name, or an expression.</param>
    /// <param name="wanted">What the comparison needs beside the value.</param>
    public static string Of(string entryPoint, Wanted wanted)
    {
        // A function that the program does not define is not to be found among the built-in ones.
        string function = entryPoint.All(letter => char.IsLetterOrDigit(letter) || letter == '_') ? $"globals()['{entryPoint}']" : entryPoint;
        return $"__import__('sys').modules['plum_jail.view'].view({function}, '{Letters(wanted)}')";
    }

    /// <summary>What a comparison needs, as <c>view.py</c> reads it.</summary>
    /// <param name="wanted">What.</param>
    public static string Letters(Wanted wanted) => string.Concat(Enum.GetValues<Wanted>().Where(one => one != Wanted.Nothing && wanted.HasFlag(one)).Select(one => one.ToString()[0]));

    /// <summary>Reads an answer.</summary>
    /// <param name="value">What the sandbox read.</param>
    public static Answer Read(TypedValue value) => value switch
    {
        TypedValue.Tuple([TypedValue.Str(Mark), TypedValue.Str(string type), TypedValue plain, TypedValue members, TypedValue arguments, TypedValue seconds, TypedValue weight]) =>
            new(BuiltIn(type), plain, (members as TypedValue.List)?.Items, (arguments as TypedValue.List)?.Items, 1e3 * ((seconds as TypedValue.Float)?.Value ?? 0), weight is TypedValue.Int(var bytes) ? (double)bytes : 0),
        TypedValue.Opaque(string type) => new(type, value),
        _ => new(TypeOf(value), value),
    };

    private static string BuiltIn(string type) => type.StartsWith("builtins.", StringComparison.Ordinal) ? type["builtins.".Length..] : type;

    private static string TypeOf(TypedValue value) => value switch
    {
        TypedValue.None => "NoneType",
        TypedValue.Bool => "bool",
        TypedValue.Int => "int",
        TypedValue.Float => "float",
        TypedValue.Complex => "complex",
        TypedValue.Str => "str",
        TypedValue.Bytes => "bytes",
        TypedValue.List => "list",
        TypedValue.Tuple => "tuple",
        TypedValue.Set => "set",
        TypedValue.FrozenSet => "frozenset",
        _ => "dict",
    };
}

/// <summary>What a comparison needs beside a call's value.</summary>
[Flags]
internal enum Wanted
{
    /// <summary>Nothing.</summary>
    Nothing = 0,

    /// <summary>The members of <c>set(value)</c>.</summary>
    Members = 1,

    /// <summary>The arguments as the call left them.</summary>
    Arguments = 2,

    /// <summary>The CPU time of the call and the weight of its value: of trusted programs, which have no reason to lie.</summary>
    Seconds = 4,

    /// <summary>The rebuilt value by itself, without the name of its type.</summary>
    Bare = 8,
}

/// <summary>A call's value as a comparison sees it.</summary>
/// <param name="Type">The name of its type.</param>
/// <param name="Value">The value, of exact built-in types; opaque where it has no such form.</param>
/// <param name="Members">The members of <c>set(value)</c>, where they were asked for.</param>
/// <param name="Arguments">The arguments as the call left them, where they were asked for.</param>
/// <param name="CpuMilliseconds">The call's CPU time, where it was asked for.</param>
/// <param name="Bytes">About what the value takes in a Python process, where it was asked for.</param>
internal sealed record Answer(
    string Type, TypedValue Value, IReadOnlyList<TypedValue>? Members = null, IReadOnlyList<TypedValue>? Arguments = null, double CpuMilliseconds = 0, double Bytes = 0);
