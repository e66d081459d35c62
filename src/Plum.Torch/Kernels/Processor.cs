using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Plum.Torch.Kernels;

/// <summary>What this machine's processor can do, as far as anything here depends on it.</summary>
public static class Processor
{
    /// <summary>Whether it runs kernels of our own: AVX-512, or AVX2 with fused multiply-adds.</summary>
    public static bool HasKernels => Vector512.IsHardwareAccelerated || IsSlim;

    /// <summary>Whether it runs them, and its vectors hold eight numbers instead of sixteen.</summary>
    public static bool IsSlim => !Vector512.IsHardwareAccelerated && Fma.IsSupported && Avx2.IsSupported;

    /// <summary>
    /// Whether it multiplies bfloat16 itself (AVX512_BF16), and oneDNN was not told to forgo that. Where it does not, libtorch takes a
    /// hundred times as long for such a product as for one of float32.
    /// </summary>
    public static bool HasBrainProducts { get; } =
        // Leaf 7.1, bit 5 of EAX.
        X86Base.IsSupported && Vector512.IsHardwareAccelerated && X86Base.CpuId(0, 0).Eax >= 7 && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0
        && Environment.GetEnvironmentVariable("ONEDNN_MAX_CPU_ISA") is null && Environment.GetEnvironmentVariable("DNNL_MAX_CPU_ISA") is null;
}
