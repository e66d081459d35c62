using Plum.Evaluation.Benchmarks;
using Plum.Sandboxes;

namespace Plum.Evaluation.Judging;

/// <summary>
/// EvalPlus's comparison (<c>unsafe_execute</c> of <c>eval/__init__.py</c>, 26d6d00), slips included: the tolerance that a
/// float output turns on stays on for the tests after it, integers and broadcast lists included. One instance a set of tests.
/// </summary>
/// <param name="check">The task.</param>
internal sealed class ParityComparison(Check.Differential check)
{
    private double tolerance = check.Tolerance;

    /// <summary>True where EvalPlus accepts the answer.</summary>
    /// <param name="call">The call.</param>
    /// <param name="got">The program's answer.</param>
    /// <param name="expected">The canonical solution's.</param>
    public bool Accepts(Call call, Answer got, Answer expected)
    {
        bool exact = PythonEquality.Equal(got.Value, expected.Value);
        switch (check.Oracle)
        {
            case SpecialOracle.Root:
                return Roots.IsOne(got.Arguments ?? call.Positional, got.Value, check.Tolerance);
            case SpecialOracle.Anything:
                exact = true;
                break;
            case SpecialOracle.OrZero:
                exact |= PythonEquality.Equal(got.Value, new TypedValue.Int(0));
                break;
            case SpecialOracle.PyramidSurface when !exact:
                // A value that abs(out - ...) cannot take raises there, which fails.
                if (NumpyCloseness.Number(got.Value) is not { } area) return false;
                exact = System.Numerics.Complex.Abs(area - AlternativeAnswers.PyramidSurface(call.Positional)) <= tolerance;
                break;
            case SpecialOracle.PaddedDigits:
                exact |= PythonEquality.Equal(got.Value, AlternativeAnswers.PaddedDigits(call.Positional));
                break;
            case SpecialOracle.SameMembers:
                exact = got.Members is { } members && expected.Members is { } wanted
                    && PythonEquality.Equal(new TypedValue.Set(members), new TypedValue.Set(wanted));
                break;
            case SpecialOracle.NotNone:
                // The canonical solution's outputs were made True or False: not None, or None.
                bool some = expected.Value is not TypedValue.None;
                exact = got.Value is TypedValue.Bool(bool flag) ? flag == some : some == got.Value is not TypedValue.None;
                break;
        }

        TypedValue reference = check.Oracle == SpecialOracle.NotNone ? new TypedValue.Bool(expected.Value is not TypedValue.None) : expected.Value;
        if (tolerance == 0 && AreFloats(reference)) tolerance = 1e-6;
        if (exact || tolerance == 0) return exact;
        return got.Type == (check.Oracle == SpecialOracle.NotNone ? "bool" : expected.Type)
            && SameLength(got.Value, reference)
            && NumpyCloseness.AllClose(got.Value, reference, tolerance) == true;
    }

    private static bool AreFloats(TypedValue value) => value switch
    {
        TypedValue.Float => true,
        TypedValue.List({ Count: > 0 } items) => items.All(item => item is TypedValue.Float),
        TypedValue.Tuple({ Count: > 0 } items) => items.All(item => item is TypedValue.Float),
        _ => false,
    };

    private static bool SameLength(TypedValue got, TypedValue expected) => (got, expected) switch
    {
        (TypedValue.List(var left), TypedValue.List(var right)) => left.Count == right.Count,
        (TypedValue.Tuple(var left), TypedValue.Tuple(var right)) => left.Count == right.Count,
        _ => true,
    };
}
