using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>
/// Plum's parallelism is its own threads, one a processor, each computing alone: libtorch's pools would fight over the
/// same processors. OpenMP keeps its thread count by thread, so every thread that computes has to say so itself.
/// </summary>
public static partial class ComputeThread
{
    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;
    private const int MostArenas = -8;
    private const int LargeBlock = 4 << 20;
    private const int KeptAtTheTop = 128 << 20;

    static ComputeThread()
    {
        // glibc raises this threshold each time a large block is freed, and then keeps freed caches for good: gigabytes of them.
        // Once it is fixed, what a step freed would go back to the kernel and be faulted in again by the next step: a fifth of a
        // decoding thread's time. So each arena keeps some.
        if (OperatingSystem.IsLinux())
        {
            _ = MallocOption(MmapThreshold, LargeBlock);
            _ = MallocOption(TrimThreshold, KeptAtTheTop);
            // A thread takes whichever arena is free, and training's threads leave the memory of a step in each: with eight arenas
            // a processor, glibc's default, a whole run came to hold seven gigabytes.
            _ = MallocOption(MostArenas, Environment.ProcessorCount + 1);
            // oneDNN keeps a compiled product for each shape it has seen, a thousand by default: packed rows bring new shapes with
            // every step, and hundreds of megabytes of them. A step needs some dozens. The user's own setting stands.
            _ = SetVariable("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "128", 0);
        }
    }

    /// <summary>Makes the calling thread compute alone.</summary>
    public static void Enter()
    {
        TorchRuntime.Load();
        set_num_threads(1);
    }

    /// <summary>
    /// Gives the holes between what is in use back to the kernel. glibc by itself returns only what lies free at an arena's end, and
    /// steps of ever other shapes leave more and more holes: a megabyte a step of the embedded policy.
    /// </summary>
    public static void ReturnFreed()
    {
        if (OperatingSystem.IsLinux())
            _ = MallocTrim(0);
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallocOption(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint kept);

    // The environment that .NET shows is a copy, which native libraries do not see.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
