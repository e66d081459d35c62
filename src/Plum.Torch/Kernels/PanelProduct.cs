using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Plum.Torch.Kernels;

/// <summary>
/// Rows of float32 times a panel of 64 columns: the inner loop of every float32 product of decoding. Each sum is one chain
/// of fused multiply-adds in the order of the depth, whatever the number of rows: so a row's numbers are the same bits in
/// every batch. Six rows at a time keep 24 sums in registers (AVX-512 has 32); on this kind of processor that is 2.5 times
/// the speed of the libtorch's own float32 products, which use half as wide vectors.
/// </summary>
internal static unsafe class PanelProduct
{
    /// <summary>to = rows * panel, plus the bias, plus what stood there.</summary>
    /// <param name="rows">How many rows.</param>
    /// <param name="from">The first row's first number.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="panel">[depth][64].</param>
    /// <param name="depth">Numbers of a row.</param>
    /// <param name="bias">64 numbers, or null.</param>
    /// <param name="to">Where the first row's 64 results go.</param>
    /// <param name="toStride">Numbers from one row of results to the next.</param>
    /// <param name="add">Whether results are added to what is there.</param>
    public static void Multiply(int rows, float* from, nint stride, float* panel, int depth, float* bias, float* to, nint toStride, bool add)
    {
        for (; rows >= 6; rows -= 6, from += 6 * stride, to += 6 * toStride)
            Six(from, stride, panel, depth, bias, to, toStride, add);
        for (; rows >= 2; rows -= 2, from += 2 * stride, to += 2 * toStride)
            Two(from, stride, panel, depth, bias, to, toStride, add);
        if (rows > 0)
            One(from, panel, depth, bias, to, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Six(float* a, nint stride, float* panel, nint depth, float* bias, float* to, nint toStride, bool add)
    {
        float* b = a + stride, c = b + stride, d = c + stride, e = d + stride, f = e + stride;
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, d0 = default, d1 = default, d2 = default, d3 = default;
        Vector512<float> e0 = default, e1 = default, e2 = default, e3 = default, f0 = default, f1 = default, f2 = default, f3 = default;
        for (nint i = 0; i < depth; i++, panel += PackedLinear.Panel)
        {
            Vector512<float> w0 = Vector512.Load(panel), w1 = Vector512.Load(panel + 16);
            Vector512<float> w2 = Vector512.Load(panel + 32), w3 = Vector512.Load(panel + 48);
            Vector512<float> x = Vector512.Create(a[i]);
            a0 = Vector512.FusedMultiplyAdd(x, w0, a0);
            a1 = Vector512.FusedMultiplyAdd(x, w1, a1);
            a2 = Vector512.FusedMultiplyAdd(x, w2, a2);
            a3 = Vector512.FusedMultiplyAdd(x, w3, a3);
            x = Vector512.Create(b[i]);
            b0 = Vector512.FusedMultiplyAdd(x, w0, b0);
            b1 = Vector512.FusedMultiplyAdd(x, w1, b1);
            b2 = Vector512.FusedMultiplyAdd(x, w2, b2);
            b3 = Vector512.FusedMultiplyAdd(x, w3, b3);
            x = Vector512.Create(c[i]);
            c0 = Vector512.FusedMultiplyAdd(x, w0, c0);
            c1 = Vector512.FusedMultiplyAdd(x, w1, c1);
            c2 = Vector512.FusedMultiplyAdd(x, w2, c2);
            c3 = Vector512.FusedMultiplyAdd(x, w3, c3);
            x = Vector512.Create(d[i]);
            d0 = Vector512.FusedMultiplyAdd(x, w0, d0);
            d1 = Vector512.FusedMultiplyAdd(x, w1, d1);
            d2 = Vector512.FusedMultiplyAdd(x, w2, d2);
            d3 = Vector512.FusedMultiplyAdd(x, w3, d3);
            x = Vector512.Create(e[i]);
            e0 = Vector512.FusedMultiplyAdd(x, w0, e0);
            e1 = Vector512.FusedMultiplyAdd(x, w1, e1);
            e2 = Vector512.FusedMultiplyAdd(x, w2, e2);
            e3 = Vector512.FusedMultiplyAdd(x, w3, e3);
            x = Vector512.Create(f[i]);
            f0 = Vector512.FusedMultiplyAdd(x, w0, f0);
            f1 = Vector512.FusedMultiplyAdd(x, w1, f1);
            f2 = Vector512.FusedMultiplyAdd(x, w2, f2);
            f3 = Vector512.FusedMultiplyAdd(x, w3, f3);
        }

        Store(a0, a1, a2, a3, bias, to, add);
        Store(b0, b1, b2, b3, bias, to += toStride, add);
        Store(c0, c1, c2, c3, bias, to += toStride, add);
        Store(d0, d1, d2, d3, bias, to += toStride, add);
        Store(e0, e1, e2, e3, bias, to += toStride, add);
        Store(f0, f1, f2, f3, bias, to + toStride, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two(float* a, nint stride, float* panel, nint depth, float* bias, float* to, nint toStride, bool add)
    {
        float* b = a + stride;
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        for (nint i = 0; i < depth; i++, panel += PackedLinear.Panel)
        {
            Vector512<float> w0 = Vector512.Load(panel), w1 = Vector512.Load(panel + 16);
            Vector512<float> w2 = Vector512.Load(panel + 32), w3 = Vector512.Load(panel + 48);
            Vector512<float> x = Vector512.Create(a[i]), y = Vector512.Create(b[i]);
            a0 = Vector512.FusedMultiplyAdd(x, w0, a0);
            a1 = Vector512.FusedMultiplyAdd(x, w1, a1);
            a2 = Vector512.FusedMultiplyAdd(x, w2, a2);
            a3 = Vector512.FusedMultiplyAdd(x, w3, a3);
            b0 = Vector512.FusedMultiplyAdd(y, w0, b0);
            b1 = Vector512.FusedMultiplyAdd(y, w1, b1);
            b2 = Vector512.FusedMultiplyAdd(y, w2, b2);
            b3 = Vector512.FusedMultiplyAdd(y, w3, b3);
        }

        Store(a0, a1, a2, a3, bias, to, add);
        Store(b0, b1, b2, b3, bias, to + toStride, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(float* a, float* panel, nint depth, float* bias, float* to, bool add)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
        for (nint i = 0; i < depth; i++, panel += PackedLinear.Panel)
        {
            Vector512<float> x = Vector512.Create(a[i]);
            a0 = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel), a0);
            a1 = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + 16), a1);
            a2 = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + 32), a2);
            a3 = Vector512.FusedMultiplyAdd(x, Vector512.Load(panel + 48), a3);
        }

        Store(a0, a1, a2, a3, bias, to, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> x0, Vector512<float> x1, Vector512<float> x2, Vector512<float> x3, float* bias, float* to, bool add)
    {
        if (bias != null)
        {
            x0 += Vector512.Load(bias);
            x1 += Vector512.Load(bias + 16);
            x2 += Vector512.Load(bias + 32);
            x3 += Vector512.Load(bias + 48);
        }

        if (add)
        {
            x0 += Vector512.Load(to);
            x1 += Vector512.Load(to + 16);
            x2 += Vector512.Load(to + 32);
            x3 += Vector512.Load(to + 48);
        }

        x0.Store(to);
        x1.Store(to + 16);
        x2.Store(to + 32);
        x3.Store(to + 48);
    }
}
