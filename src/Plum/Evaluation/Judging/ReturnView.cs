using Plum.Sandboxes;

namespace Plum.Evaluation.Judging;

/// <summary>
/// How a program's answers reach the comparison. The sandbox knows exact built-in types only, but a Counter equals a dict
/// and a namedtuple a tuple by anybody's rules; so the function is called through a few lines that rebuild such values.
/// They run in the program's own process and are as little to be trusted as it is: what they say is an answer, which is
/// compared elsewhere with values they never saw. Values of megabytes are told by their digest: two are then equal only
/// where they are so type for type.
/// </summary>
internal static class ReturnView
{
    /// <summary>
    /// EvalPlus calls a function some forty Python frames deep, the sandbox six: a recursion that just fails there is to fail
    /// here. Counted from EvalPlus's source, not measured.
    /// </summary>
    private const int ParityRecursionLimit = 973;

    private const string Mark = "\0view";

    private const string Code = """
        def view(function, wanted, limit):
            import collections.abc, marshal, sys, time
            dumps, clock = marshal.dumps, time.process_time
            members, arguments, seconds, bare = "M" in wanted, "A" in wanted, "S" in wanted, "B" in wanted
            if limit and sys.getrecursionlimit() == 1000:
                sys.setrecursionlimit(limit)

            def plain(value, depth=0):
                if depth > 150:
                    return ...
                kind = type(value)
                if value is None or kind in (bool, int, float, complex, str, bytes):
                    return value
                for base in (list, tuple, set, frozenset):
                    if kind is base or issubclass(kind, base):
                        return base([plain(item, depth + 1) for item in base.__iter__(value)])
                if issubclass(kind, dict):
                    return {plain(key, depth + 1): plain(item, depth + 1) for key, item in dict.items(value)}
                for base, convert in ((int, int.__int__), (float, float.__float__), (str, str.__str__), (bytes, bytes.__getitem__)):
                    if issubclass(kind, base):
                        return convert(value) if base is not bytes else convert(value, slice(None))
                if kind is bytearray:
                    return bytes(value)
                if isinstance(value, collections.abc.Set) and kind.__module__ in ("builtins", "collections"):
                    return {plain(item, depth + 1) for item in value}
                if kind.__module__ in ("fractions", "decimal") and kind.__name__ in ("Fraction", "Decimal"):
                    above, below = value.as_integer_ratio()
                    return above if below == 1 else above / below if (above / below).as_integer_ratio() == (above, below) else ...
                if kind.__module__ == "numpy" and hasattr(value, "item") and not hasattr(value, "__len__"):
                    return plain(value.item(), depth + 1)
                return ...

            def digest(parts, kind, count):
                import _blake2
                state = _blake2.blake2b(digest_size=16)
                for part in parts:
                    state.update(part)
                return ("\0large", kind, count, state.hexdigest())

            def seen(value):
                kind = type(value)
                if value is None or kind in (bool, int, float, complex, bytes):
                    return value
                if kind is str:
                    return value if bare or len(value) < 1000000 else digest([value.encode("utf-8", "surrogatepass")], "str", len(value))
                if kind in (list, tuple) and not bare and value:
                    first = value[0]
                    if len(value) * (len(first) if type(first) in (list, tuple, str) else 1) > 100000:
                        try:
                            return digest((dumps(item, 2) for item in value), kind.__name__, len(value))
                        except ValueError:
                            pass
                if kind in (list, tuple, set, frozenset, dict):
                    try:
                        dumps(value, 2)
                        return value
                    except ValueError:
                        pass
                return plain(value)

            def call(*given, **named):
                began = clock() if seconds else 0
                value = function(*given, **named)
                ended = clock() if seconds else 0
                kind, shown = type(value), seen(value)
                if bare:
                    return value if shown is ... else shown
                if not wanted and shown is value:
                    return value
                return (MARK, kind.__module__ + "." + kind.__qualname__, shown, [plain(item) for item in set(value)] if members else None,
                        [plain(item) for item in given] if arguments else None, ended - began)

            return call
        """;

    /// <summary>The expression that stands for the entry point.</summary>
    /// <param name="entryPoint">The function's name, or an expression.</param>
    /// <param name="wanted">What the comparison needs beside the value.</param>
    /// <param name="parity">Whether to recurse as deep as EvalPlus lets a program.</param>
    public static string Of(string entryPoint, Wanted wanted, bool parity)
    {
        string code = PythonLiteral.Format(new TypedValue.Str(Code.Replace("MARK", "'\\0view'", StringComparison.Ordinal)));
        string letters = string.Concat(Enum.GetValues<Wanted>().Where(one => one != Wanted.Nothing && wanted.HasFlag(one)).Select(one => one.ToString()[0]));
        // A function that the program does not define is not to be found among the built-in ones.
        string function = entryPoint.All(letter => char.IsLetterOrDigit(letter) || letter == '_') ? $"globals()['{entryPoint}']" : entryPoint;
        return $"(lambda names, function: (__import__('builtins').exec({code}, names), names['view'](function, '{letters}', {(parity ? ParityRecursionLimit : 0)}))[1])({{}}, {function})";
    }

    /// <summary>Reads an answer.</summary>
    /// <param name="value">What the sandbox read.</param>
    public static Answer Read(TypedValue value) => value switch
    {
        TypedValue.Tuple([TypedValue.Str(Mark), TypedValue.Str(string type), TypedValue plain, TypedValue members, TypedValue arguments, TypedValue seconds]) =>
            new(BuiltIn(type), plain, (members as TypedValue.List)?.Items, (arguments as TypedValue.List)?.Items, 1e3 * ((seconds as TypedValue.Float)?.Value ?? 0)),
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

    /// <summary>The CPU time of the call: of trusted programs, which have no reason to lie.</summary>
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
internal sealed record Answer(
    string Type, TypedValue Value, IReadOnlyList<TypedValue>? Members = null, IReadOnlyList<TypedValue>? Arguments = null, double CpuMilliseconds = 0);
