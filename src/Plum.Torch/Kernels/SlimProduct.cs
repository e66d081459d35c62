using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Plum.Torch.Kernels;

/// <summary>
/// Rows times a panel of 64 columns for processors whose vectors hold eight numbers (AVX2 with FMA) instead of sixteen. Each sum is the
/// chain of fused multiply-adds that <see cref="PanelProduct"/> and <see cref="PairProduct"/> compute, so the bits are theirs. Sixteen
/// registers hold six rows of sixteen sums, two of 32 or one of 64; a slab of the panel stays in the first cache while all rows pass it.
/// </summary>
internal static unsafe class SlimProduct
{
    /// <summary>Depth that all rows go through before the next: 16 KiB of a panel.</summary>
    private const int Slab = 64;

    private const int Row = PackedLinear.Panel;
    private const int MostRows = 48;

    /// <summary>Makes numbers part of a row that meets weights in bfloat16: rounded to it, as float32, of each pair the second one first.</summary>
    /// <param name="numbers">They may lie where they go.</param>
    /// <param name="count">How many.</param>
    /// <param name="row">The row.</param>
    /// <param name="first">Which number of the row comes first.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Feed(float* numbers, int count, float* row, int first)
    {
        int i = 0;
        if (first % 2 == 0)
        {
            for (; i + 16 <= count; i += 16)
            {
                Vector512<float> rounded = Vector512.ShiftLeft(BrainRow.Round(Vector512.Load(numbers + i)), 16).AsSingle();
                Avx.Permute(rounded.GetLower(), 0b10_11_00_01).Store(row + first + i);
                Avx.Permute(rounded.GetUpper(), 0b10_11_00_01).Store(row + first + i + 8);
            }

            for (; i + 2 <= count; i += 2)
                (row[first + i], row[first + i + 1]) = (RoundOne(numbers[i + 1]), RoundOne(numbers[i]));
        }

        for (; i < count; i++)
            row[(first + i) ^ 1] = RoundOne(numbers[i]);

        static float RoundOne(float x) => BrainRow.Widen(BrainRow.Round(x));
    }

    /// <summary>to = rows * panel, plus the bias, plus what stood there, in float32.</summary>
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
        float* sums = stackalloc float[Math.Min(rows, MostRows) * Row];
        for (; rows > 0; rows -= MostRows, from += MostRows * stride, to += MostRows * toStride)
        {
            int count = Math.Min(rows, MostRows);
            new Span<float>(sums, count * Row).Clear();
            for (int first = 0; first < depth; first += Slab)
                Add(count, from + first, stride, panel + ((nint)first * Row), Math.Min(Slab, depth - first), sums);
            for (int row = 0; row < count; row++)
            {
                if (bias != null)
                    Add(bias, sums + (row * Row));
                if (add)
                    Add(to + (row * toStride), sums + (row * Row));
                new ReadOnlySpan<float>(sums + (row * Row), Row).CopyTo(new Span<float>(to + (row * toStride), Row));
            }
        }
    }

    /// <summary>The same with weights in bfloat16, widened slab by slab.</summary>
    /// <param name="rows">How many rows.</param>
    /// <param name="from">The first row: numbers rounded to bfloat16, as float32, of each pair the second one first.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="panel">[pairs][64].</param>
    /// <param name="pairs">Pairs of a row.</param>
    /// <param name="bias">64 numbers, or null.</param>
    /// <param name="to">Where the first row's 64 results go.</param>
    /// <param name="toStride">Numbers from one row of results to the next.</param>
    /// <param name="add">Whether results are added to what is there.</param>
    public static void Multiply(int rows, float* from, nint stride, uint* panel, int pairs, float* bias, float* to, nint toStride, bool add)
    {
        const int some = Slab / 2;
        float* wide = stackalloc float[Slab * Row], sums = stackalloc float[Math.Min(rows, MostRows) * Row];
        for (; rows > 0; rows -= MostRows, from += MostRows * stride, to += MostRows * toStride)
        {
            int count = Math.Min(rows, MostRows);
            new Span<float>(sums, count * Row).Clear();
            for (int first = 0; first < pairs; first += some)
            {
                int taken = Math.Min(some, pairs - first);
                Widen(panel + ((nint)first * Row), taken, wide);
                Add(count, from + (2 * first), stride, wide, 2 * taken, sums);
            }

            for (int row = 0; row < count; row++)
            {
                float* there = to + (row * toStride);
                if (!add && bias == null)
                {
                    new ReadOnlySpan<float>(sums + (row * Row), Row).CopyTo(new Span<float>(there, Row));
                    continue;
                }

                if (!add)
                    new Span<float>(there, Row).Clear();
                if (bias != null)
                    Add(bias, there);
                Add(sums + (row * Row), there);
            }
        }
    }

    /// <summary>Pairs of bfloat16 become two rows of float32, the second number's row first. The next slab is asked for meanwhile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen(uint* panel, int pairs, float* to)
    {
        Vector256<uint> upper = Vector256.Create(0xFFFF0000u);
        for (int pair = 0; pair < pairs; pair++, panel += Row, to += 2 * Row)
        {
            for (int i = 0; i < Row; i += 16)
            {
                Sse.Prefetch1(panel + (4 * Slab * Row) + i);
                Vector256<uint> x = Vector256.Load(panel + i), y = Vector256.Load(panel + i + 8);
                (x & upper).Store((uint*)to + i);
                (y & upper).Store((uint*)to + i + 8);
                Vector256.ShiftLeft(x, 16).Store((uint*)to + Row + i);
                Vector256.ShiftLeft(y, 16).Store((uint*)to + Row + i + 8);
            }
        }
    }

    private static void Add(float* x, float* to)
    {
        for (int i = 0; i < Row; i += 8)
            (Vector256.Load(to + i) + Vector256.Load(x + i)).Store(to + i);
    }

    private static void Add(int rows, float* from, nint stride, float* panel, int depth, float* sums)
    {
        for (; rows >= 6; rows -= 6, from += 6 * stride, sums += 6 * Row)
            for (int column = 0; column < Row; column += 16)
                Six(from, stride, panel + column, depth, sums + column);
        for (; rows >= 2; rows -= 2, from += 2 * stride, sums += 2 * Row)
            for (int column = 0; column < Row; column += 32)
                Two(from, stride, panel + column, depth, sums + column);
        if (rows > 0)
            One(from, panel, depth, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Six(float* a, nint stride, float* panel, nint depth, float* sums)
    {
        float* b = a + stride, c = b + stride, d = c + stride, e = d + stride, f = e + stride;
        Vector256<float> a0 = Vector256.Load(sums), a1 = Vector256.Load(sums + 8), b0 = Vector256.Load(sums + Row), b1 = Vector256.Load(sums + Row + 8);
        Vector256<float> c0 = Vector256.Load(sums + (2 * Row)), c1 = Vector256.Load(sums + (2 * Row) + 8), d0 = Vector256.Load(sums + (3 * Row)), d1 = Vector256.Load(sums + (3 * Row) + 8);
        Vector256<float> e0 = Vector256.Load(sums + (4 * Row)), e1 = Vector256.Load(sums + (4 * Row) + 8), f0 = Vector256.Load(sums + (5 * Row)), f1 = Vector256.Load(sums + (5 * Row) + 8);
        for (nint i = 0; i < depth; i++, panel += Row)
        {
            Vector256<float> w0 = Vector256.Load(panel), w1 = Vector256.Load(panel + 8);
            Vector256<float> x = Vector256.Create(a[i]);
            a0 = Fma.MultiplyAdd(x, w0, a0);
            a1 = Fma.MultiplyAdd(x, w1, a1);
            x = Vector256.Create(b[i]);
            b0 = Fma.MultiplyAdd(x, w0, b0);
            b1 = Fma.MultiplyAdd(x, w1, b1);
            x = Vector256.Create(c[i]);
            c0 = Fma.MultiplyAdd(x, w0, c0);
            c1 = Fma.MultiplyAdd(x, w1, c1);
            x = Vector256.Create(d[i]);
            d0 = Fma.MultiplyAdd(x, w0, d0);
            d1 = Fma.MultiplyAdd(x, w1, d1);
            x = Vector256.Create(e[i]);
            e0 = Fma.MultiplyAdd(x, w0, e0);
            e1 = Fma.MultiplyAdd(x, w1, e1);
            x = Vector256.Create(f[i]);
            f0 = Fma.MultiplyAdd(x, w0, f0);
            f1 = Fma.MultiplyAdd(x, w1, f1);
        }

        a0.Store(sums);
        a1.Store(sums + 8);
        b0.Store(sums + Row);
        b1.Store(sums + Row + 8);
        c0.Store(sums + (2 * Row));
        c1.Store(sums + (2 * Row) + 8);
        d0.Store(sums + (3 * Row));
        d1.Store(sums + (3 * Row) + 8);
        e0.Store(sums + (4 * Row));
        e1.Store(sums + (4 * Row) + 8);
        f0.Store(sums + (5 * Row));
        f1.Store(sums + (5 * Row) + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two(float* a, nint stride, float* panel, nint depth, float* sums)
    {
        float* b = a + stride, other = sums + Row;
        Vector256<float> a0 = Vector256.Load(sums), a1 = Vector256.Load(sums + 8), a2 = Vector256.Load(sums + 16), a3 = Vector256.Load(sums + 24);
        Vector256<float> b0 = Vector256.Load(other), b1 = Vector256.Load(other + 8), b2 = Vector256.Load(other + 16), b3 = Vector256.Load(other + 24);
        for (nint i = 0; i < depth; i++, panel += Row)
        {
            Vector256<float> x = Vector256.Create(a[i]), y = Vector256.Create(b[i]);
            Vector256<float> w0 = Vector256.Load(panel), w1 = Vector256.Load(panel + 8), w2 = Vector256.Load(panel + 16), w3 = Vector256.Load(panel + 24);
            a0 = Fma.MultiplyAdd(x, w0, a0);
            a1 = Fma.MultiplyAdd(x, w1, a1);
            a2 = Fma.MultiplyAdd(x, w2, a2);
            a3 = Fma.MultiplyAdd(x, w3, a3);
            b0 = Fma.MultiplyAdd(y, w0, b0);
            b1 = Fma.MultiplyAdd(y, w1, b1);
            b2 = Fma.MultiplyAdd(y, w2, b2);
            b3 = Fma.MultiplyAdd(y, w3, b3);
        }

        a0.Store(sums);
        a1.Store(sums + 8);
        a2.Store(sums + 16);
        a3.Store(sums + 24);
        b0.Store(other);
        b1.Store(other + 8);
        b2.Store(other + 16);
        b3.Store(other + 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(float* a, float* panel, nint depth, float* sums)
    {
        Vector256<float> a0 = Vector256.Load(sums), a1 = Vector256.Load(sums + 8), a2 = Vector256.Load(sums + 16), a3 = Vector256.Load(sums + 24);
        Vector256<float> a4 = Vector256.Load(sums + 32), a5 = Vector256.Load(sums + 40), a6 = Vector256.Load(sums + 48), a7 = Vector256.Load(sums + 56);
        for (nint i = 0; i < depth; i++, panel += Row)
        {
            Vector256<float> x = Vector256.Create(a[i]);
            a0 = Fma.MultiplyAdd(x, Vector256.Load(panel), a0);
            a1 = Fma.MultiplyAdd(x, Vector256.Load(panel + 8), a1);
            a2 = Fma.MultiplyAdd(x, Vector256.Load(panel + 16), a2);
            a3 = Fma.MultiplyAdd(x, Vector256.Load(panel + 24), a3);
            a4 = Fma.MultiplyAdd(x, Vector256.Load(panel + 32), a4);
            a5 = Fma.MultiplyAdd(x, Vector256.Load(panel + 40), a5);
            a6 = Fma.MultiplyAdd(x, Vector256.Load(panel + 48), a6);
            a7 = Fma.MultiplyAdd(x, Vector256.Load(panel + 56), a7);
        }

        a0.Store(sums);
        a1.Store(sums + 8);
        a2.Store(sums + 16);
        a3.Store(sums + 24);
        a4.Store(sums + 32);
        a5.Store(sums + 40);
        a6.Store(sums + 48);
        a7.Store(sums + 56);
    }
}
