using Plum.Torch.Transformers;

namespace Plum.Torch.Training;

/// <summary>
/// Keeps the memory between steps flat. Holes that glibc leaves between what is in use grow with every step of other shapes: its memalign,
/// by which libtorch allocates, cannot use a hole of just the size it asks for (glibc bug 14581, until 2.38). Once the process has grown by an
/// eighth of a gigabyte and a quarter of what it held, they go back to the kernel. That and touching the pages again takes some fifty
/// milliseconds, so it is not done twice within two seconds.
/// </summary>
internal sealed class ProcessMemory
{
    private const long Step = 128L << 20;
    private const int LeastMilliseconds = 2000;

    private long most, returned = Environment.TickCount64;

    /// <summary>Gives memory back where there is much more of it than there was; call it between steps, when activations are gone.</summary>
    public void Bound()
    {
        if (Environment.WorkingSet <= most || Environment.TickCount64 - returned < LeastMilliseconds)
            return;
        ComputeThread.ReturnFreed();
        long held = Environment.WorkingSet;
        (most, returned) = (held + (held / 4) + Step, Environment.TickCount64);
    }
}
