using System.Runtime.InteropServices;

namespace Plum.Torch.Kernels;

/// <summary>
/// Bytes outside the managed heap, aligned to cache lines, as vectors want them; zeros at first. Large ones lie in large
/// pages where the system has them: weights are read from end to end at every step, and the processor's prefetching ends
/// with a page.
/// </summary>
internal sealed unsafe partial class NativeArray : SafeHandle
{
    private const int Alignment = 64;
    private const int LargePage = 2 << 20;

    /// <summary>MADV_HUGEPAGE.</summary>
    private const int WantsLargePages = 14;

    /// <summary>Takes memory.</summary>
    /// <param name="bytes">How much.</param>
    public NativeArray(long bytes)
        : base(0, ownsHandle: true)
    {
        Bytes = bytes;
        bool large = bytes >= 2 * LargePage;
        handle = (nint)NativeMemory.AlignedAlloc((nuint)bytes, (nuint)(large ? LargePage : Alignment));
        // Whole pages only: what follows the array would be given memory that nobody asked for.
        if (large && OperatingSystem.IsLinux())
            _ = Advise(handle, (nuint)bytes / LargePage * LargePage, WantsLargePages);
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

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
