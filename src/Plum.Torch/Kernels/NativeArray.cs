using System.Runtime.InteropServices;

namespace Plum.Torch.Kernels;

/// <summary>Bytes outside the managed heap, aligned to cache lines, as vectors want them; zeros at first.</summary>
internal sealed unsafe class NativeArray : SafeHandle
{
    private const int Alignment = 64;

    /// <summary>Takes memory.</summary>
    /// <param name="bytes">How much.</param>
    public NativeArray(long bytes)
        : base(0, ownsHandle: true)
    {
        Bytes = bytes;
        handle = (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        NativeMemory.Clear((void*)handle, (nuint)bytes);
    }

    /// <summary>How much there is.</summary>
    public long Bytes { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The first byte; valid until disposal.</summary>
    public byte* Start => (byte*)handle;

    /// <summary>The first float; valid until disposal.</summary>
    public float* Floats => (float*)handle;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
