using Plum.Evaluation.Benchmarks;
using Plum.Sandboxes;

namespace Plum.Evaluation.Judging;

/// <summary>Says why EvalPlus's comparison and the strict one part.</summary>
internal static class DisagreementCause
{
    /// <summary>The cause, in a sentence.</summary>
    /// <param name="check">The task.</param>
    /// <param name="parity">The first input that EvalPlus refuses; negative where it refuses none.</param>
    /// <param name="strict">The first input that the strict comparison refuses; negative where it refuses none.</param>
    /// <param name="right">The expected outputs.</param>
    /// <param name="result">The run.</param>
    public static string Of(Check.Differential check, int parity, int strict, IReadOnlyList<Answer> right, ExecutionResult result)
    {
        int at = parity < 0 ? strict : strict < 0 ? parity : Math.Min(parity, strict);
        bool accepted = at == strict;
        if (check.Oracle == SpecialOracle.Anything) return "EvalPlus accepts every value for this task";
        if (check.Oracle == SpecialOracle.Root) return "EvalPlus tries the root on the coefficients as the program left them";
        if (check.Oracle == SpecialOracle.OrZero) return "EvalPlus accepts 0 for every number in this task";
        TypedValue? got = at < result.Calls.Count && result.Calls[at].Value is { } value ? ReturnView.Read(value).Value : null;
        TypedValue wanted = right[at].Value;
        if (accepted)
            return wanted is TypedValue.Float or TypedValue.List or TypedValue.Tuple && got is not null && Holds(wanted, one => one is TypedValue.Float)
                ? "numpy broadcasts lists of other shapes, or its tolerance covers whole numbers beside floats"
                : "once an output was a float, EvalPlus takes whole numbers within 1e-6 and a ten-millionth of their size for equal";
        if (Holds(wanted, one => one is TypedValue.Float(double.NaN))) return "to EvalPlus NaN equals nothing";
        return got is not null && right[at].Type != ReturnView.Read(result.Calls[at].Value!).Type
            ? "EvalPlus wants the very type of the canonical solution where values are only close"
            : "EvalPlus compares floats inside nested values exactly";
    }

    private static bool Holds(TypedValue value, Func<TypedValue, bool> what) => what(value) || value switch
    {
        TypedValue.List(var items) => items.Any(item => Holds(item, what)),
        TypedValue.Tuple(var items) => items.Any(item => Holds(item, what)),
        TypedValue.Dict(var items) => items.Any(item => Holds(item.Value, what)),
        _ => false,
    };
}
