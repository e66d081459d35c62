using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Plum.Torch.Kernels;

/// <summary>bfloat16, the upper half of a float32: rounding to it, and back.</summary>
internal static unsafe class BrainRow
{
    /// <summary>The nearest bfloat16, ties to even, as libtorch rounds; NaN stays NaN.</summary>
    public static ushort Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)0x7FC0 : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>The same number as float32.</summary>
    public static float Widen(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);

    /// <summary>Rounds numbers.</summary>
    /// <param name="from">The first.</param>
    /// <param name="count">How many.</param>
    /// <param name="to">Where they go; may be the same place.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Round(float* from, int count, ushort* to)
    {
        int i = 0;
        for (; i + 32 <= count; i += 32)
            Vector512.Narrow(Round(Vector512.Load(from + i)), Round(Vector512.Load(from + i + 16))).Store(to + i);
        for (; i < count; i++)
            to[i] = Round(from[i]);
    }

    /// <summary>Sixteen numbers rounded, each in the lower half of 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Round(Vector512<float> x)
    {
        Vector512<uint> bits = x.AsUInt32();
        Vector512<uint> rounded = Vector512.ShiftRightLogical(bits + Vector512.Create(0x7FFFu) + (Vector512.ShiftRightLogical(bits, 16) & Vector512<uint>.One), 16);
        return Vector512.ConditionalSelect(Vector512.Equals(x, x).AsUInt32(), rounded, Vector512.Create(0x7FC0u));
    }
}
