using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Plum.Torch.Checkpoints;

namespace Plum.Torch.Kernels;

/// <summary>The non-linearities of one row of an MLP.</summary>
internal static unsafe class Activations
{
    /// <summary>act(x), or act(gate) * up where the row holds both, one after the other.</summary>
    /// <param name="activation">Which.</param>
    /// <param name="gated">Whether <paramref name="x"/> is gate and up, each <paramref name="size"/> long.</param>
    /// <param name="x">The row; room for whole vectors.</param>
    /// <param name="size">Numbers of the result.</param>
    /// <param name="to">Where the result goes, the row itself or another; room for whole vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(Activation activation, bool gated, float* x, int size, float* to)
    {
        switch (activation)
        {
            case Activation.Silu:
                for (int i = 0; i < size; i += 16)
                    Store(VectorMath.Silu(Vector512.Load(x + i)), gated, x + size + i, to + i);
                break;
            case Activation.GeluTanh:
                for (int i = 0; i < size; i += 16)
                    Store(VectorMath.GeluTanh(Vector512.Load(x + i)), gated, x + size + i, to + i);
                break;
            case Activation.Gelu:
                for (int i = 0; i < size; i += 16)
                    Store(VectorMath.Gelu(Vector512.Load(x + i)), gated, x + size + i, to + i);
                break;
            case Activation.Relu:
                for (int i = 0; i < size; i += 16)
                    Store(Vector512.Max(Vector512.Load(x + i), Vector512<float>.Zero), gated, x + size + i, to + i);
                break;
            default:
                throw new InvalidOperationException($"Activation {activation} has no formula here.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> active, bool gated, float* up, float* to) =>
        (gated ? active * Vector512.Load(up) : active).Store(to);
}
