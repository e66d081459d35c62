using Plum.Torch.Transformers;

namespace Plum.Torch.Training;

/// <summary>
/// Keeps the memory between steps flat. Holes that glibc leaves between what is in use grow with every step of other shapes: its memalign,
/// by which libtorch allocates, cannot use a hole of just the size it asks for (glibc bug 14581, until 2.38). Once the process has grown by an
/// eighth of a gigabyte and half of what it held, they go back to the kernel; that takes some ten milliseconds, once in some dozens of steps.
/// </summary>
internal sealed class ProcessMemory
{
    private const long Step = 128L << 20;

    private long most;

    /// <summary>Gives memory back where there is much more of it than there was; call it between steps, when activations are gone.</summary>
    public void Bound()
    {
        long held = Environment.WorkingSet;
        if (most > 0 && held <= most)
            return;
        if (most > 0)
        {
            ComputeThread.ReturnFreed();
            held = Environment.WorkingSet;
        }

        most = held + (held / 2) + Step;
    }
}
