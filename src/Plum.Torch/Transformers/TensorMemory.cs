using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>A tensor's own memory. TorchSharp's accessor asks the native library for the tensor's size at every element.</summary>
internal static class TensorMemory
{
    /// <summary>The elements, in order; valid as long as the tensor is.</summary>
    /// <param name="tensor">Contiguous float32 on the processor.</param>
    /// <exception cref="ArgumentException">It is of another type or strided: its memory would be read as what it is not.</exception>
    public static Span<float> Floats(this Tensor tensor) => tensor.dtype == ScalarType.Float32 && tensor.is_contiguous()
        ? MemoryMarshal.Cast<byte, float>(tensor.bytes)
        : throw new ArgumentException($"Expected contiguous float32, got {tensor.dtype}.", nameof(tensor));
}
