using Plum.Torch.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses;

/// <summary>As <see cref="HeadChunks.Forward"/>, for a frozen head: logits stay in the type of the products, and everything that is asked of them comes of one kernel.</summary>
internal static class FusedHeadChunks
{
    /// <summary>Whether the kernel is for these.</summary>
    public static bool Fits(Tensor hidden, Tensor head) => Processor.HasKernels && Stored.Knows(hidden) && head.is_contiguous();

    /// <summary>Arguments and results as for <see cref="HeadChunks.Forward"/>; entropies are always there.</summary>
    public static HeadChunks.Scores Forward(Tensor hidden, Tensor head, Tensor targets, int size, bool directions)
    {
        using IDisposable frozen = no_grad();
        using DisposeScope all = NewDisposeScope();
        long tokens = hidden.shape[0], most = Math.Min(size, tokens);
        Tensor logProbs = empty([tokens], ScalarType.Float32), logPartitions = empty_like(logProbs), totals = empty_like(logProbs), entropies = empty_like(logProbs);
        Tensor? found = directions ? empty_like(hidden) : null;
        Tensor logits = empty([most, head.shape[0]], hidden.dtype), means = empty([most, hidden.shape[1]], hidden.dtype);
        for (long start = 0; start < tokens; start += size)
        {
            using DisposeScope scope = NewDisposeScope();
            long count = Math.Min(size, tokens - start);
            Tensor Part(Tensor whole) => whole.narrow(0, start, count);
            Tensor chunk = logits.narrow(0, 0, count), mean = means.narrow(0, 0, count);
            chunk.addmm_(Part(hidden), head.t(), 0, 1);
            FusedLogits.Forward(chunk, Part(targets), directions, Part(logProbs), Part(logPartitions), Part(totals), Part(entropies));
            if (found is null) continue;
            mean.addmm_(chunk, head, 0, 1);
            Part(found).copy_(head.index_select(0, Part(targets)) - (mean / Part(totals).unsqueeze(1)));
        }

        return new HeadChunks.Scores(logProbs.MoveToOuterDisposeScope(), logPartitions.MoveToOuterDisposeScope(), found?.MoveToOuterDisposeScope(), entropies.MoveToOuterDisposeScope());
    }
}
