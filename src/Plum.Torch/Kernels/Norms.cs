using System.Runtime.Intrinsics;

namespace Plum.Torch.Kernels;

/// <summary>The norms of one row, in float32.</summary>
internal static unsafe class Norms
{
    /// <summary>x / sqrt(mean(x^2) + epsilon) * weight (Zhang and Sennrich 2019).</summary>
    /// <param name="x">The row.</param>
    /// <param name="size">Its length.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="weight">As many.</param>
    /// <param name="to">Where the result goes.</param>
    public static void Rms(float* x, int size, double epsilon, float* weight, float* to)
    {
        float scale = (float)(1 / Math.Sqrt((SumOfSquares(x, size, 0) / size) + epsilon));
        int i = 0;
        for (; i + 16 <= size; i += 16)
            (Vector512.Load(x + i) * scale * Vector512.Load(weight + i)).Store(to + i);
        for (; i < size; i++)
            to[i] = x[i] * scale * weight[i];
    }

    /// <summary>(x - mean) / sqrt(variance + epsilon) * weight + bias (Ba et al. 2016).</summary>
    /// <param name="x">The row.</param>
    /// <param name="size">Its length.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="weight">As many.</param>
    /// <param name="bias">As many.</param>
    /// <param name="to">Where the result goes.</param>
    public static void Layer(float* x, int size, double epsilon, float* weight, float* bias, float* to)
    {
        float mean = Sum(x, size) / size;
        float scale = (float)(1 / Math.Sqrt((SumOfSquares(x, size, mean) / size) + epsilon));
        int i = 0;
        for (; i + 16 <= size; i += 16)
            Vector512.FusedMultiplyAdd((Vector512.Load(x + i) - Vector512.Create(mean)) * scale, Vector512.Load(weight + i), Vector512.Load(bias + i)).Store(to + i);
        for (; i < size; i++)
            to[i] = ((x[i] - mean) * scale * weight[i]) + bias[i];
    }

    private static float Sum(float* x, int size)
    {
        Vector512<float> sums = default;
        int i = 0;
        for (; i + 16 <= size; i += 16)
            sums += Vector512.Load(x + i);
        float sum = Vector512.Sum(sums);
        for (; i < size; i++)
            sum += x[i];
        return sum;
    }

    private static float SumOfSquares(float* x, int size, float mean)
    {
        Vector512<float> sums = default, shift = Vector512.Create(mean);
        int i = 0;
        for (; i + 16 <= size; i += 16)
        {
            Vector512<float> distance = Vector512.Load(x + i) - shift;
            sums = Vector512.FusedMultiplyAdd(distance, distance, sums);
        }

        float sum = Vector512.Sum(sums);
        for (; i < size; i++)
            sum += (x[i] - mean) * (x[i] - mean);
        return sum;
    }
}
