using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Torch.Kernels;

/// <summary>SwiGLU (Shazeer, arXiv 2002.05202) of rows, silu(gate) * up, and its way back.</summary>
internal static unsafe class FusedGate
{
    /// <summary>Gates rows.</summary>
    /// <param name="gateUp">[rows, 2 * width]: gate and up.</param>
    /// <param name="to">[rows, width].</param>
    public static void Forward(Tensor gateUp, Tensor to)
    {
        if (to.dtype == ScalarType.BFloat16)
            Forward<StoredBrain>(gateUp.Start(), (int)to.shape[0], (int)to.shape[1], to.Start());
        else
            Forward<StoredSingle>(gateUp.Start(), (int)to.shape[0], (int)to.shape[1], to.Start());
    }

    /// <summary>Carries a gradient back, and gates once more: what went out is asked for and was not kept.</summary>
    /// <param name="gateUp">[rows, 2 * width]; overwritten with its gradient.</param>
    /// <param name="slope">[rows, width]; overwritten with what <see cref="Forward"/> gave.</param>
    public static void Backward(Tensor gateUp, Tensor slope)
    {
        if (slope.dtype == ScalarType.BFloat16)
            Backward<StoredBrain>(gateUp.Start(), (int)slope.shape[0], (int)slope.shape[1], slope.Start());
        else
            Backward<StoredSingle>(gateUp.Start(), (int)slope.shape[0], (int)slope.shape[1], slope.Start());
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Forward<T>(byte* gate, int rows, int width, byte* to)
        where T : struct, IStored
    {
        nint stride = (nint)width * T.Size;
        for (int row = 0; row < rows; row++, gate += 2 * stride, to += stride)
        {
            for (int i = 0; i < width; i += Stored.Lanes)
                Stored.Store<T>(VectorMath.Silu(Stored.Load<T>(gate, i, width)) * Stored.Load<T>(gate + stride, i, width), to, i, width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Backward<T>(byte* gate, int rows, int width, byte* slope)
        where T : struct, IStored
    {
        nint stride = (nint)width * T.Size;
        for (int row = 0; row < rows; row++, gate += 2 * stride, slope += stride)
        {
            byte* up = gate + stride;
            for (int i = 0; i < width; i += Stored.Lanes)
            {
                Vector512<float> g = Stored.Load<T>(gate, i, width), u = Stored.Load<T>(up, i, width), d = Stored.Load<T>(slope, i, width);
                Vector512<float> sigmoid = Vector512<float>.One / (Vector512<float>.One + VectorMath.Exp(-g));
                Vector512<float> silu = g * sigmoid;
                // d silu / dg = sigmoid (1 + g (1 - sigmoid)).
                Stored.Store<T>(d * u * Vector512.FusedMultiplyAdd(silu, Vector512<float>.One - sigmoid, sigmoid), gate, i, width);
                Stored.Store<T>(d * silu, up, i, width);
                Stored.Store<T>(silu * u, slope, i, width);
            }
        }
    }
}
