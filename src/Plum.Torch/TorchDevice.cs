using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch;

/// <summary>What computes: the processor, or a GPU of NVIDIA's.</summary>
public static class TorchDevice
{
    /// <summary>The device that a recipe or a flag names.</summary>
    /// <param name="name"><c>cpu</c>, <c>cuda</c> for the first GPU, or <c>cuda:N</c>, counted from 0.</param>
    /// <exception cref="InputException">It is none of these, or this machine or the libtorch in use lacks it.</exception>
    public static Device Of(string name)
    {
        Libtorch libtorch = TorchRuntime.Load();
        if (name == "cpu") return CPU;
        if (IndexOf(name) is not { } index)
            throw new InputException($"device '{name}' is none of cpu, cuda, cuda:N");
        int count = cuda.is_available() ? cuda.device_count() : 0;
        if (count == 0)
            throw new InputException($"device {name}: libtorch {libtorch} finds no CUDA: it needs an NVIDIA driver, and a libtorch with CUDA: name an installed PyTorch's lib folder in {TorchRuntime.FolderVariable}, or build with -p:PlumLibtorch=cuda; or take device cpu");
        if (index >= count)
            throw new InputException($"device {name}: this machine has {count} of them: take cuda:0{(count > 1 ? $" to cuda:{count - 1}" : "")}");
        return new Device(DeviceType.CUDA, index);
    }

    /// <summary>Whether it is a GPU, on which one thread gives the work.</summary>
    /// <param name="device">The device; null for the processor.</param>
    public static bool IsCuda(this Device? device) => device?.type == DeviceType.CUDA;

    private static int? IndexOf(string name) => name == "cuda" ? 0
        : name.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index
        : null;
}
