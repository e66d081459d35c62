using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Torch.Kernels;

/// <summary>
/// Softmax of attention's scores, in place, and its way back. A row is one query: rows of one token lie together, each token sees all keys in
/// front of its run and those of the run up to its own.
/// </summary>
internal static unsafe class FusedSoftmax
{
    /// <summary>softmax(scale * scores) over the keys that are seen; zeros elsewhere.</summary>
    /// <param name="scores">[tokens * group, keys]; overwritten.</param>
    /// <param name="group">Rows of a token.</param>
    /// <param name="scale">Times the scores, positive.</param>
    public static void Forward(Tensor scores, int group, double scale)
    {
        if (scores.dtype == ScalarType.BFloat16)
            Forward<StoredBrain>(scores.Start(), (int)scores.shape[0], (int)scores.shape[1], group, (float)scale);
        else
            Forward<StoredSingle>(scores.Start(), (int)scores.shape[0], (int)scores.shape[1], group, (float)scale);
    }

    /// <summary>The gradient of the scores, scale * p (dp - sum p dp).</summary>
    /// <param name="weights">p as <see cref="Forward"/> left it.</param>
    /// <param name="slopes">dp, as large; overwritten.</param>
    /// <param name="scale">As there.</param>
    public static void Backward(Tensor weights, Tensor slopes, double scale)
    {
        if (weights.dtype == ScalarType.BFloat16)
            Backward<StoredBrain>(weights.Start(), slopes.Start(), (int)weights.shape[0], (int)weights.shape[1], (float)scale);
        else
            Backward<StoredSingle>(weights.Start(), slopes.Start(), (int)weights.shape[0], (int)weights.shape[1], (float)scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Forward<T>(byte* scores, int rows, int keys, int group, float scale)
        where T : struct, IStored
    {
        nint stride = (nint)keys * T.Size;
        int before = keys - (rows / group);
        fixed (float* wide = new float[keys + Stored.Lanes])
        {
            for (int row = 0; row < rows; row++, scores += stride)
            {
                int seen = before + (row / group) + 1;
                Vector512<float> most = Vector512.Create(float.NegativeInfinity), sums = default;
                for (int i = 0; i < seen; i += Stored.Lanes)
                    most = Vector512.MaxNative(most, Stored.Load<T>(scores, i, seen, float.NegativeInfinity));
                float largest = Largest(most);
                for (int i = 0; i < seen; i += Stored.Lanes)
                {
                    Vector512<float> e = VectorMath.Exp((Stored.Load<T>(scores, i, seen, largest) - Vector512.Create(largest)) * scale) * Stored.Present(i, seen);
                    sums += e;
                    e.Store(wide + i);
                }

                Vector512<float> part = Vector512.Create(1 / Vector512.Sum(sums));
                int done = 0;
                for (; done < seen; done += Stored.Lanes)
                    Stored.Store<T>(Vector512.Load(wide + done) * part, scores, done, keys);
                for (; done < keys; done += Stored.Lanes)
                    Stored.Store<T>(Vector512<float>.Zero, scores, done, keys);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Backward<T>(byte* weights, byte* slopes, int rows, int keys, float scale)
        where T : struct, IStored
    {
        nint stride = (nint)keys * T.Size;
        for (int row = 0; row < rows; row++, weights += stride, slopes += stride)
        {
            Vector512<float> sums = default;
            for (int i = 0; i < keys; i += Stored.Lanes)
                sums = Vector512.FusedMultiplyAdd(Stored.Load<T>(weights, i, keys), Stored.Load<T>(slopes, i, keys), sums);
            Vector512<float> mean = Vector512.Create(Vector512.Sum(sums));
            for (int i = 0; i < keys; i += Stored.Lanes)
                Stored.Store<T>(Stored.Load<T>(weights, i, keys) * (Stored.Load<T>(slopes, i, keys) - mean) * scale, slopes, i, keys);
        }
    }

    /// <summary>The largest of sixteen numbers.</summary>
    internal static float Largest(Vector512<float> x)
    {
        Vector256<float> eight = Vector256.Max(x.GetLower(), x.GetUpper());
        Vector128<float> four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        return MathF.Max(MathF.Max(four[0], four[1]), MathF.Max(four[2], four[3]));
    }
}
