using Plum.Sandboxes;

namespace Plum.Evaluation.Judging;

/// <summary>Python's equality, but for floats, which may differ by 1e-6 or a ten-millionth wherever they stand in a value.</summary>
internal static class CloseFloats
{
    /// <summary>True where the values are the same in this sense; NaN is NaN.</summary>
    /// <param name="got">One value.</param>
    /// <param name="expected">The other: where it has a float, closeness will do.</param>
    /// <param name="tolerance">The absolute tolerance.</param>
    public static bool Same(TypedValue got, TypedValue expected, double tolerance = 1e-6) => (got, expected) switch
    {
        (_, TypedValue.Float or TypedValue.Complex) => SameNumber(got, expected, tolerance),
        (TypedValue.List(var left), TypedValue.List(var right)) => SameItems(left, right, tolerance),
        (TypedValue.Tuple(var left), TypedValue.Tuple(var right)) => SameItems(left, right, tolerance),
        (TypedValue.Dict(var left), TypedValue.Dict(var right)) => PythonEquality.Equal(got, expected) || left.Count == right.Count
            && right.All(entry => left.Where(own => PythonEquality.Equal(own.Key, entry.Key)).Any(own => Same(own.Value, entry.Value, tolerance))),
        _ => PythonEquality.Equal(got, expected),
    };

    private static bool SameNumber(TypedValue got, TypedValue expected, double tolerance)
    {
        if (PythonEquality.Equal(got, expected)) return true;
        if (NumpyCloseness.Number(got) is not { } left || NumpyCloseness.Number(expected) is not { } right) return false;
        return NotNumber(left) && NotNumber(right) || NumpyCloseness.Close(left, right, tolerance);
    }

    private static bool NotNumber(System.Numerics.Complex value) => double.IsNaN(value.Real) || double.IsNaN(value.Imaginary);

    private static bool SameItems(IReadOnlyList<TypedValue> left, IReadOnlyList<TypedValue> right, double tolerance)
    {
        if (left.Count != right.Count) return false;
        for (int at = 0; at < left.Count; at++)
            if (!Same(left[at], right[at], tolerance)) return false;
        return true;
    }
}
