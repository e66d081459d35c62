using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>
/// Plum's parallelism is its own threads, one a processor, each computing alone: libtorch's pools would fight over the
/// same processors. OpenMP keeps its thread count by thread, so every thread that computes has to say so itself.
/// </summary>
public static class ComputeThread
{
    /// <summary>Makes the calling thread compute alone.</summary>
    public static void Enter() => set_num_threads(1);
}
