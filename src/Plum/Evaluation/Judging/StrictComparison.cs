using Plum.Evaluation.Benchmarks;
using Plum.Sandboxes;

namespace Plum.Evaluation.Judging;

/// <summary>
/// What is right: Python's equality of plain values; floats, wherever they stand, within the task's tolerance or 1e-6 and
/// one part in ten million, shapes alike; the tasks' documented alternatives, and no others. Every test for itself.
/// </summary>
/// <param name="check">The task.</param>
internal sealed class StrictComparison(Check.Differential check)
{
    private readonly double tolerance = Math.Max(check.Tolerance, 1e-6);

    /// <summary>True where the answer is right.</summary>
    /// <param name="call">The call.</param>
    /// <param name="got">The program's answer.</param>
    /// <param name="expected">The canonical solution's.</param>
    public bool Accepts(Call call, Answer got, Answer expected) => check.Oracle switch
    {
        // A root of the polynomial as it was given, not as the program left it.
        SpecialOracle.Root => Roots.IsOne(call.Positional, got.Value, check.Tolerance),
        SpecialOracle.PyramidSurface => Same(got.Value, expected.Value) || Same(got.Value, new TypedValue.Float(AlternativeAnswers.PyramidSurface(call.Positional))),
        SpecialOracle.PaddedDigits => Same(got.Value, expected.Value) || Same(got.Value, AlternativeAnswers.PaddedDigits(call.Positional)),
        SpecialOracle.OrZero => Same(got.Value, expected.Value)
            || PythonEquality.Equal(got.Value, new TypedValue.Int(0)) && call.Positional is [TypedValue.Int(var number)] && number <= 1,
        SpecialOracle.SameMembers => got.Members is { } members && expected.Members is { } wanted
            && PythonEquality.Equal(new TypedValue.Set(members), new TypedValue.Set(wanted)),
        SpecialOracle.NotNone => got.Value is TypedValue.Bool(bool flag)
            ? flag == expected.Value is not TypedValue.None
            : got.Value is TypedValue.None == expected.Value is TypedValue.None,
        _ => Same(got.Value, expected.Value),
    };

    private bool Same(TypedValue got, TypedValue expected) => CloseFloats.Same(got, expected, tolerance);
}
