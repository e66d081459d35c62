using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Kernels;

/// <summary>How a tensor's numbers lie in memory, one after the other; kernels compute with them in float32.</summary>
internal unsafe interface IStored
{
    /// <summary>Bytes of a number.</summary>
    static abstract int Size { get; }

    /// <summary>Sixteen numbers.</summary>
    static abstract Vector512<float> Load(byte* from);

    /// <summary>Writes sixteen numbers.</summary>
    static abstract void Store(Vector512<float> x, byte* to);
}

/// <summary>float32.</summary>
internal readonly unsafe struct StoredSingle : IStored
{
    public static int Size => sizeof(float);

    public static Vector512<float> Load(byte* from) => Vector512.Load((float*)from);

    public static void Store(Vector512<float> x, byte* to) => x.Store((float*)to);
}

/// <summary>bfloat16, rounded to the nearest.</summary>
internal readonly unsafe struct StoredBrain : IStored
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(byte* from)
    {
        Vector256<ushort> halves = Vector256.Load((ushort*)from);
        Vector512<uint> wide = Avx512F.IsSupported ? Avx512F.ConvertToVector512UInt32(halves) : Vector512.Create(Vector256.WidenLower(halves), Vector256.WidenUpper(halves));
        return Vector512.ShiftLeft(wide, 16).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> x, byte* to)
    {
        Vector512<uint> rounded = BrainRow.Round(x);
        (Avx512F.IsSupported ? Avx512F.ConvertToVector256UInt16(rounded) : Vector256.Narrow(rounded.GetLower(), rounded.GetUpper())).Store((ushort*)to);
    }
}

/// <summary>Rows of numbers as kernels go through them: sixteen at a time, the last ones of a row alone.</summary>
internal static unsafe class Stored
{
    /// <summary>Numbers of a vector.</summary>
    public const int Lanes = 16;

    /// <summary>Whether a tensor is of a type that kernels know: bfloat16 or float32 on the processor.</summary>
    public static bool Knows(Tensor tensor) => tensor.device_type == DeviceType.CPU && tensor.dtype is ScalarType.BFloat16 or ScalarType.Float32;

    /// <summary>Numbers from place <paramref name="at"/> of a row on; where fewer are left, <paramref name="fill"/> stands for the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load<T>(byte* row, int at, int count, float fill = 0)
        where T : struct, IStored => count - at >= Lanes ? T.Load(row + ((nint)at * T.Size)) : LoadLast<T>(row + ((nint)at * T.Size), count - at, fill);

    /// <summary>Writes numbers from place <paramref name="at"/> of a row on, as many as are left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector512<float> x, byte* row, int at, int count)
        where T : struct, IStored
    {
        if (count - at >= Lanes)
            T.Store(x, row + ((nint)at * T.Size));
        else
            StoreLast<T>(x, row + ((nint)at * T.Size), count - at);
    }

    /// <summary>Ones where a row has numbers from place <paramref name="at"/> on, zeros behind its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Present(int at, int count) => count - at >= Lanes ? Vector512<float>.One
        : Vector512.ConditionalSelect(Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count - at)).AsSingle(), Vector512<float>.One, Vector512<float>.Zero);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<float> LoadLast<T>(byte* from, int count, float fill)
        where T : struct, IStored
    {
        byte* whole = stackalloc byte[Lanes * sizeof(float)];
        T.Store(Vector512.Create(fill), whole);
        Unsafe.CopyBlockUnaligned(whole, from, (uint)(count * T.Size));
        return T.Load(whole);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreLast<T>(Vector512<float> x, byte* to, int count)
        where T : struct, IStored
    {
        byte* whole = stackalloc byte[Lanes * sizeof(float)];
        T.Store(x, whole);
        Unsafe.CopyBlockUnaligned(to, whole, (uint)(count * T.Size));
    }
}
