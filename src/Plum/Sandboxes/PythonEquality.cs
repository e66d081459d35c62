using System.Numerics;

namespace Plum.Sandboxes;

/// <summary>
/// Python's own <c>==</c> between plain data, for tests that were written with it: numbers compare by value whatever their
/// type, a set equals a frozenset, a list no tuple, NaN nothing. Values of exact types only, so no <c>__eq__</c> is called.
/// </summary>
public static class PythonEquality
{
    /// <summary>True where Python would say so.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">The other.</param>
    public static bool Equal(TypedValue left, TypedValue right) => (left, right) switch
    {
        (TypedValue.Complex or TypedValue.Int or TypedValue.Float or TypedValue.Bool, TypedValue.Complex or TypedValue.Int or TypedValue.Float or TypedValue.Bool) =>
            SameNumber(left, right),
        (TypedValue.List(var lefts), TypedValue.List(var rights)) => SameItems(lefts, rights),
        (TypedValue.Tuple(var lefts), TypedValue.Tuple(var rights)) => SameItems(lefts, rights),
        (TypedValue.Set(var lefts), TypedValue.Set(var rights)) => SameMembers(lefts, rights),
        (TypedValue.Set(var lefts), TypedValue.FrozenSet(var rights)) => SameMembers(lefts, rights),
        (TypedValue.FrozenSet(var lefts), TypedValue.Set(var rights)) => SameMembers(lefts, rights),
        (TypedValue.FrozenSet(var lefts), TypedValue.FrozenSet(var rights)) => SameMembers(lefts, rights),
        (TypedValue.Dict(var lefts), TypedValue.Dict(var rights)) => SameEntries(lefts, rights),
        _ => left.Equals(right),
    };

    private static bool SameNumber(TypedValue left, TypedValue right)
    {
        (double realLeft, double imaginaryLeft) = Parts(left);
        (double realRight, double imaginaryRight) = Parts(right);
        if (imaginaryLeft != imaginaryRight)
            return false;
        // Whole numbers compare exactly, also beyond the 53 bits of a float.
        return (Whole(left), Whole(right)) is ({ } wholeLeft, { } wholeRight) ? wholeLeft == wholeRight : realLeft == realRight;
    }

    private static (double Real, double Imaginary) Parts(TypedValue value) => value switch
    {
        TypedValue.Complex(double real, double imaginary) => (real, imaginary),
        TypedValue.Float(double number) => (number, 0),
        _ => ((double)Whole(value)!.Value, 0),
    };

    private static BigInteger? Whole(TypedValue value) => value switch
    {
        TypedValue.Int(BigInteger number) => number,
        TypedValue.Bool(bool flag) => flag ? 1 : 0,
        TypedValue.Float(double number) when double.IsInteger(number) => new BigInteger(number),
        TypedValue.Complex(double real, _) when double.IsInteger(real) => new BigInteger(real),
        _ => null,
    };

    private static bool SameItems(IReadOnlyList<TypedValue> lefts, IReadOnlyList<TypedValue> rights)
    {
        if (lefts.Count != rights.Count)
            return false;
        for (int at = 0; at < lefts.Count; at++)
            if (!Equal(lefts[at], rights[at]))
                return false;
        return true;
    }

    private static bool SameMembers(IReadOnlyList<TypedValue> lefts, IReadOnlyList<TypedValue> rights) =>
        lefts.Count == rights.Count && Keys(lefts).SetEquals(Keys(rights));

    private static bool SameEntries(IReadOnlyList<KeyValuePair<TypedValue, TypedValue>> lefts, IReadOnlyList<KeyValuePair<TypedValue, TypedValue>> rights)
    {
        if (lefts.Count != rights.Count)
            return false;
        Dictionary<TypedValue, TypedValue> entries = [];
        foreach ((TypedValue key, TypedValue value) in lefts)
            entries[Key(key)] = value;
        return rights.All(entry => entries.Remove(Key(entry.Key), out TypedValue? value) && Equal(value, entry.Value));
    }

    private static HashSet<TypedValue> Keys(IReadOnlyList<TypedValue> values) => [.. values.Select(Key)];

    /// <summary>One spelling for all numbers of one value, so that 1, 1.0 and True meet in a set.</summary>
    private static TypedValue Key(TypedValue value) => value switch
    {
        TypedValue.Complex(double real, 0) => Key(new TypedValue.Float(real)),
        TypedValue.Tuple(var items) => new TypedValue.Tuple([.. items.Select(Key)]),
        TypedValue.FrozenSet(var items) => new TypedValue.FrozenSet([.. items.Select(Key)]),
        _ => Whole(value) is { } whole ? new TypedValue.Int(whole) : value,
    };
}
