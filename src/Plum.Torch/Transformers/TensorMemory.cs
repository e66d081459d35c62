using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Plum.Torch.Transformers;

/// <summary>A tensor's own memory. TorchSharp's accessor asks the native library for the tensor's size at every element.</summary>
internal static class TensorMemory
{
    /// <summary>
    /// A tensor of values in memory of libtorch's own, as weights have to be: torch.tensor leaves them in the array, at an address that differs
    /// from run to run, and the last bits of MKL's products follow how operands lie in memory.
    /// </summary>
    /// <param name="values">The elements, in order.</param>
    /// <param name="shape">The tensor's shape.</param>
    /// <param name="device">Where it is put; null for the processor.</param>
    public static Tensor Own(float[] values, long[] shape, Device? device)
    {
        using Tensor lent = tensor(values);
        return empty(shape, ScalarType.Float32, device).copy_(lent.view(shape));
    }

    /// <summary>The elements, in order; valid as long as the tensor is.</summary>
    /// <param name="tensor">Contiguous float32 on the processor.</param>
    /// <exception cref="ArgumentException">It is of another type or strided: its memory would be read as what it is not.</exception>
    public static Span<float> Floats(this Tensor tensor) => tensor.dtype == ScalarType.Float32 && tensor.is_contiguous()
        ? MemoryMarshal.Cast<byte, float>(tensor.bytes)
        : throw new ArgumentException($"Expected contiguous float32, got {tensor.dtype}.", nameof(tensor));

    /// <summary>The first byte; valid as long as the tensor is.</summary>
    /// <param name="tensor">Contiguous, on the processor.</param>
    /// <exception cref="ArgumentException">It is strided.</exception>
    public static unsafe byte* Start(this Tensor tensor)
    {
        if (!tensor.is_contiguous())
            throw new ArgumentException("Expected contiguous memory.", nameof(tensor));
        // The accessor refuses tensors of more than 2 GiB.
        using Tensor flat = tensor.view(-1), first = flat.narrow(0, 0, 1);
        return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }
}
