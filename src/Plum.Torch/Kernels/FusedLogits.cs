using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Torch.Kernels;

/// <summary>What a row of logits tells of its target, while the row is in a core's cache: read from memory once, and written once.</summary>
internal static unsafe class FusedLogits
{
    /// <summary>Numbers that are summed in float32 before they are added up in float64.</summary>
    private const int Block = 4096;

    /// <summary>Goes through rows of logits.</summary>
    /// <param name="logits">[tokens, vocabulary]; overwritten with exp(logit - largest) where asked for.</param>
    /// <param name="targets">[tokens] int64.</param>
    /// <param name="overwrite">Whether it is.</param>
    /// <param name="logProbs">[tokens] float32: log p(target).</param>
    /// <param name="logPartitions">[tokens] float32: log sum exp of the logits.</param>
    /// <param name="totals">[tokens] float32: sum of exp(logit - largest).</param>
    /// <param name="entropies">[tokens] float32, in nats.</param>
    public static void Forward(Tensor logits, Tensor targets, bool overwrite, Tensor logProbs, Tensor logPartitions, Tensor totals, Tensor entropies)
    {
        int rows = (int)logits.shape[0], width = (int)logits.shape[1];
        long* target = (long*)targets.Start();
        float* found = (float*)logProbs.Start(), partitions = (float*)logPartitions.Start(), sums = (float*)totals.Start(), nats = (float*)entropies.Start();
        byte* row = logits.Start();
        bool brain = logits.dtype == ScalarType.BFloat16;
        for (int at = 0; at < rows; at++, row += (nint)width * logits.ElementSize)
        {
            float own = brain ? BrainRow.Widen(((ushort*)row)[target[at]]) : ((float*)row)[target[at]];
            (float largest, double total, double weighted) = brain ? Row<StoredBrain>(row, width, overwrite) : Row<StoredSingle>(row, width, overwrite);
            double log = Math.Log(total);
            found[at] = (float)(own - largest - log);
            partitions[at] = (float)(largest + log);
            sums[at] = (float)total;
            nats[at] = (float)(log - (weighted / total));
        }
    }

    /// <summary>The largest logit m, the sum of e = exp(x - m), and the sum of e (x - m).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (float Largest, double Total, double Weighted) Row<T>(byte* row, int width, bool overwrite)
        where T : struct, IStored
    {
        Vector512<float> most = Vector512.Create(float.NegativeInfinity);
        for (int i = 0; i < width; i += Stored.Lanes)
            most = Vector512.MaxNative(most, Stored.Load<T>(row, i, width, float.NegativeInfinity));
        float largest = FusedSoftmax.Largest(most);
        double total = 0, weighted = 0;
        for (int first = 0; first < width; first += Block)
        {
            Vector512<float> sums = default, products = default;
            for (int i = first; i < Math.Min(width, first + Block); i += Stored.Lanes)
            {
                Vector512<float> shifted = Stored.Load<T>(row, i, width, largest) - Vector512.Create(largest);
                Vector512<float> e = VectorMath.Exp(shifted) * Stored.Present(i, width);
                sums += e;
                products = Vector512.FusedMultiplyAdd(e, shifted, products);
                if (overwrite)
                    Stored.Store<T>(e, row, i, width);
            }

            total += Vector512.Sum(sums);
            weighted += Vector512.Sum(products);
        }

        return (largest, total, weighted);
    }
}
