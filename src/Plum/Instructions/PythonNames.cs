namespace Plum.Instructions;

/// <summary>Names that mean the same in every Python program.</summary>
internal static class PythonNames
{
    /// <summary>Keywords, soft ones included.</summary>
    public static IReadOnlySet<string> Keywords { get; } = Set(
        "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield match case _");

    /// <summary>Built-in functions, types and exceptions, and <c>self</c>.</summary>
    public static IReadOnlySet<string> Builtins { get; } = Set(
        "abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr dict dir divmod enumerate eval exec filter float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len list locals map max memoryview min next object oct open ord pow print property range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip ArithmeticError AssertionError AttributeError BaseException Exception IndexError KeyError LookupError NotImplementedError OverflowError RecursionError RuntimeError StopIteration TypeError ValueError ZeroDivisionError self cls List Dict Set Tuple Optional Union Any");

    /// <summary>Modules of the standard library that work on values alone: no files, network, chance, clock or processes.</summary>
    public static IReadOnlySet<string> PureModules { get; } = Set(
        "abc array base64 binascii bisect calendar cmath collections contextlib copy dataclasses datetime decimal difflib enum fractions functools hashlib heapq html itertools json keyword math numbers operator pprint re statistics string struct sys textwrap types typing unicodedata zlib __future__ doctest unittest");

    /// <summary>Whether a name has a meaning already.</summary>
    /// <param name="name">The name.</param>
    public static bool Reserved(string name) => Keywords.Contains(name) || Builtins.Contains(name);

    private static HashSet<string> Set(string names) => [.. names.Split(' ')];
}
