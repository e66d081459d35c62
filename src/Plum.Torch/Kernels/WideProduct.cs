using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Plum.Torch.Kernels;

/// <summary>
/// Many rows of bfloat16 times a panel of 64 columns on the processor's bfloat16 instructions, which .NET 10 does not
/// offer: by the kernel that libtorch has from oneDNN (brgemm), called where the weights lie, without a tensor, each thread
/// of ours on panels of its own. A row's numbers are the same bits as <see cref="PairProduct"/>'s.
/// </summary>
internal static unsafe class WideProduct
{
    /// <summary>Rows are computed in multiples of so many: every number of rows would be a kernel of its own, compiled when first met.</summary>
    public const int Multiple = 4;

    /// <summary>Rows at once: their results stay in a core's first caches.</summary>
    private const int MostRows = 128;

    // at::native::cpublas::brgemm(M, N, K, lda, ldb, ldc, add_C, A, B, C, is_vnni); not a documented interface, so it may be absent.
    private static readonly delegate* unmanaged<long, long, long, long, long, long, byte, ushort*, ushort*, float*, byte, void> Kernel = Find();

    /// <summary>Whether processor and libtorch have it.</summary>
    public static bool IsThere => Kernel != null;

    /// <summary>to = rows * panel, plus the bias, plus what stood there.</summary>
    /// <param name="rows">How many rows; there is room for a <see cref="Multiple"/> of them, before and after.</param>
    /// <param name="from">The first row.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="panel">[depth / 2][64][2].</param>
    /// <param name="depth">Numbers of a row, even.</param>
    /// <param name="bias">64 numbers, or null.</param>
    /// <param name="to">Where the first row's 64 results go.</param>
    /// <param name="toStride">Numbers from one row of results to the next.</param>
    /// <param name="add">Whether results are added to what is there.</param>
    public static void Multiply(int rows, ushort* from, nint stride, ushort* panel, int depth, float* bias, float* to, nint toStride, bool add)
    {
        if (bias != null)
        {
            for (int row = 0; row < rows; row++)
                Begin(bias, to + (row * toStride), add);
        }

        for (int first = 0; first < rows; first += MostRows)
        {
            int count = Math.Min(MostRows, (rows - first + Multiple - 1) / Multiple * Multiple);
            Kernel(count, PackedLinear.Panel, depth, stride, PackedLinear.Panel, toStride, add || bias != null ? (byte)1 : (byte)0,
                from + (first * stride), panel, to + (first * toStride), 1);
        }
    }

    private static void Begin(float* bias, float* to, bool add)
    {
        for (int i = 0; i < PackedLinear.Panel; i += 16)
            (add ? Vector512.Load(to + i) + Vector512.Load(bias + i) : Vector512.Load(bias + i)).Store(to + i);
    }

    private static delegate* unmanaged<long, long, long, long, long, long, byte, ushort*, ushort*, float*, byte, void> Find()
    {
        // Told to forgo what the processor has, oneDNN would throw through us. By its bare name the library is the one that is loaded already.
        return Processor.HasBrainProducts && NativeLibrary.TryLoad("libtorch_cpu.so", out nint library)
            && NativeLibrary.TryGetExport(library, "_ZN2at6native7cpublas6brgemmEllllllbPKN3c108BFloat16ES5_Pfb", out nint found)
            ? (delegate* unmanaged<long, long, long, long, long, long, byte, ushort*, ushort*, float*, byte, void>)found : null;
    }
}
