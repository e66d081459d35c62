using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Plum.Torch.Kernels;

/// <summary>
/// Few rows of bfloat16 times a panel of 64 columns, where the time goes into reading the weights. Two numbers of a column
/// share 32 bits, as the processor's own bfloat16 products want them (<see cref="WideProduct"/>); a mask and a shift make
/// them float32. Each sum is one chain of fused multiply-adds in the order of the depth, of a pair the second number first:
/// what the instruction vdpbf16ps computes, bit for bit (but that flushes numbers below 1e-38 to zero).
/// </summary>
internal static unsafe class PairProduct
{
    /// <summary>Pairs that all rows go through before the next ones, and how far ahead memory is asked for: 32 KiB of weights.</summary>
    private const int Slab = 128;

    private const int Row = PackedLinear.Panel;
    private const int MostRows = 24;

    /// <summary>to = rows * panel, plus the bias, plus what stood there.</summary>
    /// <param name="rows">How many rows.</param>
    /// <param name="from">The first row's first pair.</param>
    /// <param name="stride">Pairs from one row to the next.</param>
    /// <param name="panel">[pairs][64].</param>
    /// <param name="pairs">Pairs of a row.</param>
    /// <param name="bias">64 numbers, or null.</param>
    /// <param name="to">Where the first row's 64 results go.</param>
    /// <param name="toStride">Numbers from one row of results to the next.</param>
    /// <param name="add">Whether results are added to what is there.</param>
    public static void Multiply(int rows, uint* from, nint stride, uint* panel, int pairs, float* bias, float* to, nint toStride, bool add)
    {
        float* sums = stackalloc float[Math.Min(rows, MostRows) * Row];
        for (; rows > 0; rows -= MostRows, from += MostRows * stride, to += MostRows * toStride)
        {
            int count = Math.Min(rows, MostRows);
            new Span<float>(sums, count * Row).Clear();
            for (int first = 0; first < pairs; first += Slab)
                Add(count, from + first, stride, panel + ((nint)first * Row), Math.Min(Slab, pairs - first), sums);
            for (int row = 0; row < count; row++)
                Store(sums + (row * Row), bias, to + (row * toStride), add);
        }
    }

    private static void Add(int rows, uint* from, nint stride, uint* panel, int pairs, float* sums)
    {
        for (; rows >= 6; rows -= 6, from += 6 * stride, sums += 6 * Row)
            Six(from, stride, panel, pairs, sums);
        for (; rows >= 2; rows -= 2, from += 2 * stride, sums += 2 * Row)
            Two(from, stride, panel, pairs, sums);
        if (rows > 0)
            One(from, panel, pairs, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Six(uint* a, nint stride, uint* panel, nint pairs, float* sums)
    {
        uint* b = a + stride, c = b + stride, d = c + stride, e = d + stride, f = e + stride;
        Vector512<float> a0 = Vector512.Load(sums), a1 = Vector512.Load(sums + 16), a2 = Vector512.Load(sums + 32), a3 = Vector512.Load(sums + 48);
        Vector512<float> b0 = Vector512.Load(sums + 64), b1 = Vector512.Load(sums + 80), b2 = Vector512.Load(sums + 96), b3 = Vector512.Load(sums + 112);
        Vector512<float> c0 = Vector512.Load(sums + 128), c1 = Vector512.Load(sums + 144), c2 = Vector512.Load(sums + 160), c3 = Vector512.Load(sums + 176);
        Vector512<float> d0 = Vector512.Load(sums + 192), d1 = Vector512.Load(sums + 208), d2 = Vector512.Load(sums + 224), d3 = Vector512.Load(sums + 240);
        Vector512<float> e0 = Vector512.Load(sums + 256), e1 = Vector512.Load(sums + 272), e2 = Vector512.Load(sums + 288), e3 = Vector512.Load(sums + 304);
        Vector512<float> f0 = Vector512.Load(sums + 320), f1 = Vector512.Load(sums + 336), f2 = Vector512.Load(sums + 352), f3 = Vector512.Load(sums + 368);
        for (nint i = 0; i < pairs; i++, panel += Row)
        {
            Ahead(panel);
            Vector512<float> w0 = Second(panel), w1 = Second(panel + 16), w2 = Second(panel + 32), w3 = Second(panel + 48);
            Vector512<float> x = Second(a[i]);
            a0 = Vector512.FusedMultiplyAdd(x, w0, a0);
            a1 = Vector512.FusedMultiplyAdd(x, w1, a1);
            a2 = Vector512.FusedMultiplyAdd(x, w2, a2);
            a3 = Vector512.FusedMultiplyAdd(x, w3, a3);
            x = Second(b[i]);
            b0 = Vector512.FusedMultiplyAdd(x, w0, b0);
            b1 = Vector512.FusedMultiplyAdd(x, w1, b1);
            b2 = Vector512.FusedMultiplyAdd(x, w2, b2);
            b3 = Vector512.FusedMultiplyAdd(x, w3, b3);
            x = Second(c[i]);
            c0 = Vector512.FusedMultiplyAdd(x, w0, c0);
            c1 = Vector512.FusedMultiplyAdd(x, w1, c1);
            c2 = Vector512.FusedMultiplyAdd(x, w2, c2);
            c3 = Vector512.FusedMultiplyAdd(x, w3, c3);
            x = Second(d[i]);
            d0 = Vector512.FusedMultiplyAdd(x, w0, d0);
            d1 = Vector512.FusedMultiplyAdd(x, w1, d1);
            d2 = Vector512.FusedMultiplyAdd(x, w2, d2);
            d3 = Vector512.FusedMultiplyAdd(x, w3, d3);
            x = Second(e[i]);
            e0 = Vector512.FusedMultiplyAdd(x, w0, e0);
            e1 = Vector512.FusedMultiplyAdd(x, w1, e1);
            e2 = Vector512.FusedMultiplyAdd(x, w2, e2);
            e3 = Vector512.FusedMultiplyAdd(x, w3, e3);
            x = Second(f[i]);
            f0 = Vector512.FusedMultiplyAdd(x, w0, f0);
            f1 = Vector512.FusedMultiplyAdd(x, w1, f1);
            f2 = Vector512.FusedMultiplyAdd(x, w2, f2);
            f3 = Vector512.FusedMultiplyAdd(x, w3, f3);
            (w0, w1, w2, w3) = (First(panel), First(panel + 16), First(panel + 32), First(panel + 48));
            x = First(a[i]);
            a0 = Vector512.FusedMultiplyAdd(x, w0, a0);
            a1 = Vector512.FusedMultiplyAdd(x, w1, a1);
            a2 = Vector512.FusedMultiplyAdd(x, w2, a2);
            a3 = Vector512.FusedMultiplyAdd(x, w3, a3);
            x = First(b[i]);
            b0 = Vector512.FusedMultiplyAdd(x, w0, b0);
            b1 = Vector512.FusedMultiplyAdd(x, w1, b1);
            b2 = Vector512.FusedMultiplyAdd(x, w2, b2);
            b3 = Vector512.FusedMultiplyAdd(x, w3, b3);
            x = First(c[i]);
            c0 = Vector512.FusedMultiplyAdd(x, w0, c0);
            c1 = Vector512.FusedMultiplyAdd(x, w1, c1);
            c2 = Vector512.FusedMultiplyAdd(x, w2, c2);
            c3 = Vector512.FusedMultiplyAdd(x, w3, c3);
            x = First(d[i]);
            d0 = Vector512.FusedMultiplyAdd(x, w0, d0);
            d1 = Vector512.FusedMultiplyAdd(x, w1, d1);
            d2 = Vector512.FusedMultiplyAdd(x, w2, d2);
            d3 = Vector512.FusedMultiplyAdd(x, w3, d3);
            x = First(e[i]);
            e0 = Vector512.FusedMultiplyAdd(x, w0, e0);
            e1 = Vector512.FusedMultiplyAdd(x, w1, e1);
            e2 = Vector512.FusedMultiplyAdd(x, w2, e2);
            e3 = Vector512.FusedMultiplyAdd(x, w3, e3);
            x = First(f[i]);
            f0 = Vector512.FusedMultiplyAdd(x, w0, f0);
            f1 = Vector512.FusedMultiplyAdd(x, w1, f1);
            f2 = Vector512.FusedMultiplyAdd(x, w2, f2);
            f3 = Vector512.FusedMultiplyAdd(x, w3, f3);
        }

        a0.Store(sums);
        a1.Store(sums + 16);
        a2.Store(sums + 32);
        a3.Store(sums + 48);
        b0.Store(sums + 64);
        b1.Store(sums + 80);
        b2.Store(sums + 96);
        b3.Store(sums + 112);
        c0.Store(sums + 128);
        c1.Store(sums + 144);
        c2.Store(sums + 160);
        c3.Store(sums + 176);
        d0.Store(sums + 192);
        d1.Store(sums + 208);
        d2.Store(sums + 224);
        d3.Store(sums + 240);
        e0.Store(sums + 256);
        e1.Store(sums + 272);
        e2.Store(sums + 288);
        e3.Store(sums + 304);
        f0.Store(sums + 320);
        f1.Store(sums + 336);
        f2.Store(sums + 352);
        f3.Store(sums + 368);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two(uint* a, nint stride, uint* panel, nint pairs, float* sums)
    {
        uint* b = a + stride;
        Vector512<float> a0 = Vector512.Load(sums), a1 = Vector512.Load(sums + 16), a2 = Vector512.Load(sums + 32), a3 = Vector512.Load(sums + 48);
        Vector512<float> b0 = Vector512.Load(sums + 64), b1 = Vector512.Load(sums + 80), b2 = Vector512.Load(sums + 96), b3 = Vector512.Load(sums + 112);
        for (nint i = 0; i < pairs; i++, panel += Row)
        {
            Ahead(panel);
            Vector512<float> w0 = Second(panel), w1 = Second(panel + 16), w2 = Second(panel + 32), w3 = Second(panel + 48);
            Vector512<float> x = Second(a[i]);
            a0 = Vector512.FusedMultiplyAdd(x, w0, a0);
            a1 = Vector512.FusedMultiplyAdd(x, w1, a1);
            a2 = Vector512.FusedMultiplyAdd(x, w2, a2);
            a3 = Vector512.FusedMultiplyAdd(x, w3, a3);
            x = Second(b[i]);
            b0 = Vector512.FusedMultiplyAdd(x, w0, b0);
            b1 = Vector512.FusedMultiplyAdd(x, w1, b1);
            b2 = Vector512.FusedMultiplyAdd(x, w2, b2);
            b3 = Vector512.FusedMultiplyAdd(x, w3, b3);
            (w0, w1, w2, w3) = (First(panel), First(panel + 16), First(panel + 32), First(panel + 48));
            x = First(a[i]);
            a0 = Vector512.FusedMultiplyAdd(x, w0, a0);
            a1 = Vector512.FusedMultiplyAdd(x, w1, a1);
            a2 = Vector512.FusedMultiplyAdd(x, w2, a2);
            a3 = Vector512.FusedMultiplyAdd(x, w3, a3);
            x = First(b[i]);
            b0 = Vector512.FusedMultiplyAdd(x, w0, b0);
            b1 = Vector512.FusedMultiplyAdd(x, w1, b1);
            b2 = Vector512.FusedMultiplyAdd(x, w2, b2);
            b3 = Vector512.FusedMultiplyAdd(x, w3, b3);
        }

        a0.Store(sums);
        a1.Store(sums + 16);
        a2.Store(sums + 32);
        a3.Store(sums + 48);
        b0.Store(sums + 64);
        b1.Store(sums + 80);
        b2.Store(sums + 96);
        b3.Store(sums + 112);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(uint* a, uint* panel, nint pairs, float* sums)
    {
        Vector512<float> a0 = Vector512.Load(sums), a1 = Vector512.Load(sums + 16), a2 = Vector512.Load(sums + 32), a3 = Vector512.Load(sums + 48);
        for (nint i = 0; i < pairs; i++, panel += Row)
        {
            Ahead(panel);
            Vector512<float> w0 = Second(panel), w1 = Second(panel + 16), w2 = Second(panel + 32), w3 = Second(panel + 48);
            Vector512<float> x = Second(a[i]);
            a0 = Vector512.FusedMultiplyAdd(x, w0, a0);
            a1 = Vector512.FusedMultiplyAdd(x, w1, a1);
            a2 = Vector512.FusedMultiplyAdd(x, w2, a2);
            a3 = Vector512.FusedMultiplyAdd(x, w3, a3);
            (w0, w1, w2, w3) = (First(panel), First(panel + 16), First(panel + 32), First(panel + 48));
            x = First(a[i]);
            a0 = Vector512.FusedMultiplyAdd(x, w0, a0);
            a1 = Vector512.FusedMultiplyAdd(x, w1, a1);
            a2 = Vector512.FusedMultiplyAdd(x, w2, a2);
            a3 = Vector512.FusedMultiplyAdd(x, w3, a3);
        }

        a0.Store(sums);
        a1.Store(sums + 16);
        a2.Store(sums + 32);
        a3.Store(sums + 48);
    }

    /// <summary>Asks for the weights that come a slab later: what a processor foresees by itself ends with every panel and page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Ahead(uint* panel)
    {
        panel += Slab * Row;
        Sse.Prefetch1(panel);
        Sse.Prefetch1(panel + 16);
        Sse.Prefetch1(panel + 32);
        Sse.Prefetch1(panel + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> First(uint* pairs) => Vector512.ShiftLeft(Vector512.Load(pairs), 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Second(uint* pairs) => (Vector512.Load(pairs) & Vector512.Create(0xFFFF0000u)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> First(uint pair) => Vector512.ShiftLeft(Vector512.Create(pair), 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Second(uint pair) => (Vector512.Create(pair) & Vector512.Create(0xFFFF0000u)).AsSingle();

    /// <summary>The sums come last, as in <see cref="WideProduct"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Store(float* sums, float* bias, float* to, bool add)
    {
        for (int i = 0; i < Row; i += 16)
        {
            Vector512<float> x = Vector512.Load(sums + i);
            if (add && bias != null)
                x += Vector512.Load(to + i) + Vector512.Load(bias + i);
            else if (add)
                x += Vector512.Load(to + i);
            else if (bias != null)
                x += Vector512.Load(bias + i);
            x.Store(to + i);
        }
    }
}
