using System.Numerics;
using Plum.Sandboxes;

namespace Plum.Evaluation.Judging;

/// <summary>
/// <c>np.allclose(got, expected, rtol=1e-7, atol)</c> on plain data, broadcasting included. Null stands for what numpy makes
/// no numbers of (texts, None, ragged lists, integers beyond 64 bits): there EvalPlus's assert raises, which fails too.
/// </summary>
internal static class NumpyCloseness
{
    public const double Relative = 1e-7;

    /// <summary>True where numpy says so.</summary>
    public static bool? AllClose(TypedValue got, TypedValue expected, double absolute)
    {
        if (Shape(got) is not { } left || Shape(expected) is not { } right) return null;
        int rank = Math.Max(left.Length, right.Length);
        for (int axis = 1; axis <= Math.Min(left.Length, right.Length); axis++)
            if (left[^axis] != right[^axis] && left[^axis] != 1 && right[^axis] != 1) return null;
        return Close(got, expected, left.Length, right.Length, rank, absolute);
    }

    private static bool? Close(TypedValue got, TypedValue expected, int leftRank, int rightRank, int rank, double absolute)
    {
        if (rank == 0) return Number(got) is { } x && Number(expected) is { } y ? Close(x, y, absolute) : null;
        IReadOnlyList<TypedValue>? lefts = leftRank == rank ? Items(got) : null, rights = rightRank == rank ? Items(expected) : null;
        int count = lefts is null ? rights!.Count : rights is null ? lefts.Count : lefts.Count == 1 ? rights.Count : lefts.Count;
        bool all = true;
        for (int at = 0; at < count; at++)
        {
            TypedValue left = lefts is null ? got : lefts[lefts.Count == 1 ? 0 : at], right = rights is null ? expected : rights[rights.Count == 1 ? 0 : at];
            if (Close(left, right, Math.Min(leftRank, rank - 1), Math.Min(rightRank, rank - 1), rank - 1, absolute) is not { } close) return null;
            all &= close;
        }

        return all;
    }

    /// <summary>np.isclose: infinities are close to themselves, NaN to nothing.</summary>
    public static bool Close(Complex got, Complex expected, double absolute) =>
        Complex.IsFinite(got) && Complex.IsFinite(expected)
            ? Complex.Abs(got - expected) <= absolute + (Relative * Complex.Abs(expected))
            : got == expected;

    /// <summary>A number of at most 64 bits; null for anything else.</summary>
    public static Complex? Number(TypedValue value) => value switch
    {
        TypedValue.Float(double number) => number,
        TypedValue.Int(BigInteger number) when number >= long.MinValue && number <= ulong.MaxValue => (double)number,
        TypedValue.Bool(bool flag) => flag ? 1 : 0,
        TypedValue.Complex(double real, double imaginary) => new(real, imaginary),
        _ => null,
    };

    private static IReadOnlyList<TypedValue>? Items(TypedValue value) => value switch
    {
        TypedValue.List(var items) => items,
        TypedValue.Tuple(var items) => items,
        _ => null,
    };

    private static int[]? Shape(TypedValue value)
    {
        if (Items(value) is not { } items) return Number(value) is null ? null : [];
        int[]? inner = null;
        foreach (TypedValue item in items)
        {
            if (Shape(item) is not { } shape || inner is not null && !inner.SequenceEqual(shape)) return null;
            inner = shape;
        }

        return [items.Count, .. inner ?? []];
    }
}
