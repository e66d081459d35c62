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

    private readonly bool large;

    /// <summary>Takes memory.</summary>
    /// <param name="bytes">How much.</param>
    public NativeArray(long bytes)
        : base(0, ownsHandle: true)
    {
        Bytes = bytes;
        large = bytes >= 2 * LargePage;
        if (large)
        {
            Start = (byte*)(handle = (nint)NativeMemory.AlignedAlloc((nuint)bytes, LargePage));
            // Whole pages only: what follows the array would be given memory that nobody asked for.
            if (OperatingSystem.IsLinux())
                _ = Advise(handle, (nuint)bytes / LargePage * LargePage, WantsLargePages);
        }
        else
        {
            // Aligned here and not by glibc, whose memalign cannot use a hole of just the size it asks for (bug 14581, until 2.38):
            // the next session would not fit where the last one's cache was.
            handle = (nint)NativeMemory.Alloc((nuint)bytes + Alignment);
            Start = (byte*)((handle + Alignment - 1) / Alignment * Alignment);
        }

        NativeMemory.Clear(Start, (nuint)bytes);
    }

    /// <summary>How much there is.</summary>
    public long Bytes { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The first byte; valid until disposal.</summary>
    public byte* Start { get; }

    /// <summary>The first float; valid until disposal.</summary>
    public float* Floats => (float*)Start;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        if (large)
            NativeMemory.AlignedFree((void*)handle);
        else
            NativeMemory.Free((void*)handle);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
