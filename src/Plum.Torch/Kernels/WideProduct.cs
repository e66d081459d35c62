using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Plum.Torch.Kernels;

/// <summary>
/// Many rows times bfloat16 weights by libtorch, on instructions that .NET 10 does not offer: twice the speed of float32
/// ones. The panels are laid out plainly for it a few at a time, while they fit the cache, and nothing is kept.
/// </summary>
internal static unsafe class WideProduct
{
    /// <summary>Weights laid out at once: what stays in a core's second cache.</summary>
    private const int Plain = 1 << 20;

    /// <summary>Panels to multiply by at once.</summary>
    /// <param name="depth">Numbers of a row.</param>
    public static int Panels(int depth) => Math.Max(1, Plain / (IElement.Panel * depth * sizeof(ushort)));

    /// <summary>to = rows * panels, plus the bias, plus what stood there; rows and results pass through bfloat16.</summary>
    public static void Multiply(int rows, float* from, int stride, byte* panels, int depth, int count, float* bias, float* to, int toStride, bool add)
    {
        using var _ = no_grad();
        int columns = count * IElement.Panel;
        using Tensor left = empty([rows, depth], ScalarType.BFloat16), right = empty([depth, columns], ScalarType.BFloat16);
        for (int row = 0; row < rows; row++)
            Round(from + ((nint)row * stride), depth, Start(left) + ((nint)row * depth));
        for (int panel = 0; panel < count; panel++)
            LayOut(panels + ((long)panel * depth * IElement.Panel * sizeof(ushort)), depth, Start(right) + (panel * IElement.Panel), columns);
        using Tensor product = left.mm(right);
        for (int row = 0; row < rows; row++)
            Widen(Start(product) + ((nint)row * columns), columns, bias, to + ((nint)row * toStride), add);
    }

    private static ushort* Start(Tensor tensor) => (ushort*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Round(float* from, int count, ushort* to)
    {
        int i = 0;
        for (; i + 32 <= count; i += 32)
            Vector512.Narrow(Round(Vector512.Load(from + i)), Round(Vector512.Load(from + i + 16))).Store(to + i);
        for (; i < count; i++)
            to[i] = BrainElement.Round(from[i]);
    }

    private static Vector512<uint> Round(Vector512<float> x)
    {
        Vector512<uint> bits = x.AsUInt32();
        Vector512<uint> rounded = Vector512.ShiftRightLogical(bits + Vector512.Create(0x7FFFu) + (Vector512.ShiftRightLogical(bits, 16) & Vector512<uint>.One), 16);
        return Vector512.ConditionalSelect(Vector512.Equals(x, x).AsUInt32(), rounded, Vector512.Create(0x7FC0u));
    }

    /// <summary>Undoes the pairing of <see cref="BrainElement"/>: 64 outputs in order, one row an input.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LayOut(byte* panel, int depth, ushort* to, int stride)
    {
        for (int i = 0; i < depth; i++, panel += IElement.Panel * sizeof(ushort), to += stride)
        {
            for (int group = 0; group < 2; group++)
            {
                Vector512<uint> pairs = Vector512.Load((uint*)panel + (16 * group));
                Vector512.Narrow(pairs & Vector512.Create(0xFFFFu), Vector512.ShiftRightLogical(pairs, 16)).Store(to + (IElement.Group * group));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen(ushort* from, int count, float* bias, float* to, bool add)
    {
        for (int i = 0; i < count; i += 16)
        {
            Vector512<float> x = Vector512.ShiftLeft(Vector512.WidenLower(Vector256.Load(from + i).ToVector512()), 16).AsSingle();
            if (bias != null)
                x += Vector512.Load(bias + i);
            if (add)
                x += Vector512.Load(to + i);
            x.Store(to + i);
        }
    }
}
