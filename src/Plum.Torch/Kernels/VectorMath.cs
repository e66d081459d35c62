using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Plum.Torch.Kernels;

/// <summary>Transcendental functions of sixteen numbers at once, to about one unit in the last place of float32.</summary>
internal static class VectorMath
{
    private const float Largest = 88.3762626647949f;
    private const float Smallest = -87.3365447504f;
    private const float Log2E = 1.44269504088896341f;

    // ln 2 in two parts, so that x - n ln 2 loses nothing (Cephes, expf).
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>e^x; below -87.3 the smallest normal number, above 88.3 about 2.4e38, NaN for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // In this order of operands the processor's minimum and maximum hand a NaN on.
        x = Vector512.MaxNative(Vector512.Create(Smallest), Vector512.MinNative(Vector512.Create(Largest), x));
        Vector512<float> n = Vector512.Round(x * Log2E);
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);
        Vector512<float> p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(p, r * r, r) + Vector512<float>.One;
        Vector512<int> power = Vector512.ShiftLeft(Vector512.ConvertToInt32Native(n) + Vector512.Create(127), 23);
        return p * power.AsSingle();
    }

    /// <summary>x / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Silu(Vector512<float> x) => x / (Vector512<float>.One + Exp(-x));

    /// <summary>GELU by the tanh approximation: x / (1 + e^(-2y)) with y = sqrt(2 / pi) (x + 0.044715 x^3), since (1 + tanh y) / 2 is that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> GeluTanh(Vector512<float> x)
    {
        Vector512<float> y = 0.7978845608028654f * (x + (0.044715f * x * x * x));
        return x / (Vector512<float>.One + Exp(-2 * y));
    }

    /// <summary>GELU by the error function, its complement by Numerical Recipes' rational fit (1.2e-7 of the value).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gelu(Vector512<float> x)
    {
        Vector512<float> z = Vector512.Abs(x) * 0.70710678118654752f;
        Vector512<float> t = Vector512<float>.One / Vector512.FusedMultiplyAdd(z, Vector512.Create(0.5f), Vector512<float>.One);
        Vector512<float> p = Vector512.Create(0.17087277f);
        foreach (float coefficient in (ReadOnlySpan<float>)[-0.82215223f, 1.48851587f, -1.13520398f, 0.27886807f, -0.18628806f, 0.09678418f, 0.37409196f, 1.00002368f, -1.26551223f])
            p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(coefficient));
        Vector512<float> complement = t * Exp(p - (z * z));
        Vector512<float> half = 0.5f * x * complement;
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), half, x - half);
    }
}
