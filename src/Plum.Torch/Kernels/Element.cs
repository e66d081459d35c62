using System.Runtime.Intrinsics;

namespace Plum.Torch.Kernels;

/// <summary>
/// How keys and values lie in memory: in groups of 32 numbers, which kernels take as two vectors of float32.
/// </summary>
internal unsafe interface IElement
{
    /// <summary>Numbers of a group.</summary>
    const int Group = 32;

    /// <summary>Bytes of a number.</summary>
    static abstract int Size { get; }

    /// <summary>Numbers 0 to 15 of the group at an address.</summary>
    static abstract Vector512<float> Lower(byte* group);

    /// <summary>Numbers 16 to 31.</summary>
    static abstract Vector512<float> Upper(byte* group);

    /// <summary>Writes one number of a group.</summary>
    static abstract void Write(byte* group, int index, float value);
}

/// <summary>float32, one after the other.</summary>
internal readonly unsafe struct SingleElement : IElement
{
    public static int Size => sizeof(float);

    public static Vector512<float> Lower(byte* group) => Vector512.Load((float*)group);

    public static Vector512<float> Upper(byte* group) => Vector512.Load((float*)group + 16);

    public static void Write(byte* group, int index, float value) => ((float*)group)[index] = value;
}

/// <summary>
/// bfloat16, the upper half of a float32. Numbers i and i + 16 of a group share 32 bits, so that a shift or a mask makes
/// sixteen of them float32: no number changes its lane.
/// </summary>
internal readonly unsafe struct BrainElement : IElement
{
    public static int Size => sizeof(ushort);

    public static Vector512<float> Lower(byte* group) => Vector512.ShiftLeft(Vector512.Load((uint*)group), 16).AsSingle();

    public static Vector512<float> Upper(byte* group) => (Vector512.Load((uint*)group) & Vector512.Create(0xFFFF0000u)).AsSingle();

    public static void Write(byte* group, int index, float value) => ((ushort*)group)[Place(index)] = BrainRow.Round(value);

    private static int Place(int index) => index < 16 ? 2 * index : (2 * (index - 16)) + 1;
}
