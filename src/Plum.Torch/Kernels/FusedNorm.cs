using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Torch.Kernels;

/// <summary>RMS norm (Zhang and Sennrich 2019) of rows, y = x s w with s = 1 / sqrt(mean(x^2) + epsilon), and its way back; w is frozen.</summary>
internal static unsafe class FusedNorm
{
    /// <summary>Norms rows.</summary>
    /// <param name="x">[rows, width].</param>
    /// <param name="weight">[width] float32.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="to">[rows, width], the type of <paramref name="x"/>.</param>
    public static void Forward(Tensor x, Tensor weight, double epsilon, Tensor to)
    {
        if (x.dtype == ScalarType.BFloat16)
            Forward<StoredBrain>(x.Start(), (float*)weight.Start(), epsilon, (int)x.shape[0], (int)x.shape[1], to.Start());
        else
            Forward<StoredSingle>(x.Start(), (float*)weight.Start(), epsilon, (int)x.shape[0], (int)x.shape[1], to.Start());
    }

    /// <summary>Adds d/dx of the norm to a gradient: s (w dy) - x s^3 mean(x w dy).</summary>
    /// <param name="x">[rows, width], what was normed.</param>
    /// <param name="weight">[width] float32.</param>
    /// <param name="epsilon">As before.</param>
    /// <param name="slope">dy, [rows, width].</param>
    /// <param name="sum">[rows, width], added to.</param>
    public static void Backward(Tensor x, Tensor weight, double epsilon, Tensor slope, Tensor sum)
    {
        if (x.dtype == ScalarType.BFloat16)
            Backward<StoredBrain>(x.Start(), (float*)weight.Start(), epsilon, (int)x.shape[0], (int)x.shape[1], slope.Start(), sum.Start());
        else
            Backward<StoredSingle>(x.Start(), (float*)weight.Start(), epsilon, (int)x.shape[0], (int)x.shape[1], slope.Start(), sum.Start());
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Forward<T>(byte* x, float* weight, double epsilon, int rows, int width, byte* to)
        where T : struct, IStored
    {
        nint stride = (nint)width * T.Size;
        for (int row = 0; row < rows; row++, x += stride, to += stride)
        {
            Vector512<float> squares = default;
            for (int i = 0; i < width; i += Stored.Lanes)
            {
                Vector512<float> v = Stored.Load<T>(x, i, width);
                squares = Vector512.FusedMultiplyAdd(v, v, squares);
            }

            Vector512<float> scale = Vector512.Create((float)(1 / Math.Sqrt((Vector512.Sum(squares) / width) + epsilon)));
            for (int i = 0; i < width; i += Stored.Lanes)
                Stored.Store<T>(Stored.Load<T>(x, i, width) * scale * Stored.Load<StoredSingle>((byte*)weight, i, width), to, i, width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Backward<T>(byte* x, float* weight, double epsilon, int rows, int width, byte* slope, byte* sum)
        where T : struct, IStored
    {
        nint stride = (nint)width * T.Size;
        for (int row = 0; row < rows; row++, x += stride, slope += stride, sum += stride)
        {
            Vector512<float> squares = default, products = default;
            for (int i = 0; i < width; i += Stored.Lanes)
            {
                Vector512<float> v = Stored.Load<T>(x, i, width);
                squares = Vector512.FusedMultiplyAdd(v, v, squares);
                products = Vector512.FusedMultiplyAdd(v, Stored.Load<T>(slope, i, width) * Stored.Load<StoredSingle>((byte*)weight, i, width), products);
            }

            double scale = 1 / Math.Sqrt((Vector512.Sum(squares) / width) + epsilon);
            Vector512<float> own = Vector512.Create((float)scale), common = Vector512.Create((float)(-scale * scale * scale * Vector512.Sum(products) / width));
            for (int i = 0; i < width; i += Stored.Lanes)
            {
                Vector512<float> part = Stored.Load<T>(slope, i, width) * Stored.Load<StoredSingle>((byte*)weight, i, width) * own;
                Stored.Store<T>(Stored.Load<T>(sum, i, width) + Vector512.FusedMultiplyAdd(Stored.Load<T>(x, i, width), common, part), sum, i, width);
            }
        }
    }
}
