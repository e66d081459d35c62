using Plum.Torch;
using Plum.Torch.Kernels;

namespace Plum.Cli.Runs;

/// <summary>What computed a run's numbers.</summary>
/// <param name="Device">As the recipe names it.</param>
/// <param name="Sampling"><c>kernels</c>, Plum's own, or <c>libtorch</c>, on a GPU and on processors without AVX2.</param>
internal sealed record Compute(string Device, string Sampling)
{
    /// <summary>What computes on a device.</summary>
    public static Compute On(string device) => new(device, TorchDevice.Of(device).IsCuda() || !Processor.HasKernels ? "libtorch" : "kernels");
}
