using System.Numerics;
using Plum.Sandboxes;

namespace Plum.Evaluation.Judging;

/// <summary>The second answers that EvalPlus admits for two tasks of MBPP (<c>eval/_special_oracle.py</c>).</summary>
internal static class AlternativeAnswers
{
    /// <summary>Mbpp/581: the surface of a square pyramid whose height is measured from its base.</summary>
    public static double PyramidSurface(IReadOnlyList<TypedValue> arguments)
    {
        double edge = Real(arguments[0]), height = Real(arguments[1]);
        double slant = Math.Sqrt((edge / 2 * (edge / 2)) + (height * height));
        return Math.Round((edge * edge) + (4 * (edge * slant) / 2), MidpointRounding.ToEven);
    }

    /// <summary>Mbpp/558: the distance digit by digit of two numbers padded with zeros to one length.</summary>
    public static TypedValue PaddedDigits(IReadOnlyList<TypedValue> arguments)
    {
        string left = PythonLiteral.Format(arguments[0]), right = PythonLiteral.Format(arguments[1]);
        int length = Math.Max(left.Length, right.Length);
        left = Padded(left, length);
        right = Padded(right, length);
        // A sign is no digit: EvalPlus's own oracle raises there, and no answer beside the canonical one is accepted.
        return left.All(char.IsAsciiDigit) && right.All(char.IsAsciiDigit)
            ? new TypedValue.Int(left.Zip(right, (one, other) => Math.Abs(one - other)).Sum())
            : new TypedValue.Opaque("");
    }

    private static string Padded(string digits, int length) => digits.PadLeft(length, '0');

    private static double Real(TypedValue value) => value switch
    {
        TypedValue.Int(BigInteger whole) => (double)whole,
        TypedValue.Float(double number) => number,
        _ => double.NaN,
    };
}

/// <summary>HumanEval/32: whether a number is a root of a polynomial.</summary>
internal static class Roots
{
    /// <summary>|xs[0] + xs[1] x + xs[2] x^2 ...| &lt;= tolerance, summed in Python's order.</summary>
    public static bool IsOne(IReadOnlyList<TypedValue> arguments, TypedValue got, double tolerance)
    {
        double? root = got switch
        {
            TypedValue.Float(double number) => number,
            TypedValue.Int(BigInteger whole) => (double)whole,
            TypedValue.Bool(bool flag) => flag ? 1 : 0,
            _ => null,
        };
        if (root is not { } x || arguments is not [TypedValue.List(var coefficients), ..]) return false;
        double sum = 0;
        for (int power = 0; power < coefficients.Count; power++)
        {
            double raised = Math.Pow(x, power);
            // math.pow raises where a finite number's power is none.
            if (!double.IsFinite(raised) && double.IsFinite(x)) return false;
            sum += coefficients[power] switch
            {
                TypedValue.Int(BigInteger whole) => (double)whole * raised,
                TypedValue.Float(double number) => number * raised,
                _ => double.NaN,
            };
        }

        return Math.Abs(sum) <= tolerance;
    }
}
