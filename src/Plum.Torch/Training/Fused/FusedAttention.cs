using System.Runtime.CompilerServices;
using Plum.Torch.Kernels;
using Plum.Torch.Transformers;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Training.Fused;

/// <summary>
/// Attention over a packed batch, run by run and by heads of keys: the queries of all heads that share keys meet them in one product.
/// </summary>
internal sealed class FusedAttention
{
    private readonly HeadShape shape;
    private readonly ScalarType type;
    private readonly PassMemory memory;
    private readonly long tokens, scores;
    private readonly Run[] runs;

    /// <summary>Lays out the runs.</summary>
    /// <param name="shape">The heads.</param>
    /// <param name="type">Of the products.</param>
    /// <param name="batch">The packed groups.</param>
    /// <param name="memory">What it works in.</param>
    public FusedAttention(HeadShape shape, ScalarType type, PackedBatch batch, PassMemory memory)
    {
        (this.shape, this.type, this.memory, tokens) = (shape, type, memory, batch.Tokens.numel());
        int length = (int)batch.Tokens.shape[1];
        List<Run> laid = [];
        foreach (TokenRun run in batch.Runs)
        {
            int first = (run.Row * length) + run.Start;
            int[] keys = [.. run.Before.Select(place => (run.Row * length) + place), .. Enumerable.Range(first, run.Count)];
            laid.Add(new Run(first, run.Count, keys, scores));
            scores += (long)run.Count * shape.Group * shape.Keys * keys.Length;
        }

        runs = [.. laid];
    }

    /// <summary>Attends, and keeps what the way back needs.</summary>
    /// <param name="slot">Where it is kept.</param>
    /// <param name="scale">Times the scores.</param>
    /// <param name="queries">[key heads * tokens * group, head size], rotated, laid by heads.</param>
    /// <param name="keys">[key heads * tokens, head size].</param>
    /// <param name="values">[key heads * tokens, head size].</param>
    /// <param name="to">[tokens, queries].</param>
    public void Forward(int slot, double scale, Tensor queries, Tensor keys, Tensor values, Tensor to)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weights = Weights(slot), attended = memory.Take("attended", 0, queries.shape[0], shape.Size, type);
        foreach ((Run run, int head, Tensor part) in Parts(weights))
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor ownKeys = Gather("keys", keys, run, head), ownValues = Gather("values", values, run, head);
            part.addmm_(Queries(queries, run, head), ownKeys.t(), 0, 1);
            FusedSoftmax.Forward(part, shape.Group, scale);
            Queries(attended, run, head).addmm_(part, ownValues, 0, 1);
        }

        FusedHeads.Merge(shape, attended, to, toRows: true);
    }

    /// <summary>Carries a gradient back.</summary>
    /// <param name="slot">As before.</param>
    /// <param name="scale">As before.</param>
    /// <param name="queries">As before, and the others; overwritten with their gradient.</param>
    /// <param name="keys">As before.</param>
    /// <param name="values">As before.</param>
    /// <param name="slope">[tokens, queries]: the gradient of what was attended.</param>
    /// <param name="keySlopes">[key heads * tokens, head size] float32.</param>
    /// <param name="valueSlopes">[key heads * tokens, head size] float32.</param>
    public void Backward(int slot, double scale, Tensor queries, Tensor keys, Tensor values, Tensor slope, Tensor keySlopes, Tensor valueSlopes)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weights = Weights(slot), slopes = memory.Take("attended", 0, queries.shape[0], shape.Size, type);
        FusedHeads.Merge(shape, slopes, slope, toRows: false);
        keySlopes.zero_();
        valueSlopes.zero_();
        foreach ((Run run, int head, Tensor part) in Parts(weights))
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor ownKeys = Gather("keys", keys, run, head), ownValues = Gather("values", values, run, head), ownQueries = Queries(queries, run, head), ownSlopes = Queries(slopes, run, head);
            Tensor sums = memory.Take("sums", 0, run.Keys.Length, shape.Size, type), scoreSlopes = memory.Take("score slopes", 0, part.shape[0], part.shape[1], type);
            scoreSlopes.addmm_(ownSlopes, ownValues.t(), 0, 1);
            FusedSoftmax.Backward(part, scoreSlopes, scale);
            Scatter(sums.addmm_(part.t(), ownSlopes, 0, 1), valueSlopes, run, head);
            Scatter(sums.addmm_(scoreSlopes.t(), ownQueries, 0, 1), keySlopes, run, head);
            ownQueries.addmm_(scoreSlopes, ownKeys, 0, 1);
        }
    }

    private Tensor Weights(int slot) => memory.Take("weights", slot, 1, scores, type);

    private IEnumerable<(Run Run, int Head, Tensor Part)> Parts(Tensor weights)
    {
        foreach (Run run in runs)
        {
            long rows = (long)run.Count * shape.Group, keys = run.Keys.Length;
            for (int head = 0; head < shape.Keys; head++)
                yield return (run, head, weights.narrow(1, run.Scores + (head * rows * keys), rows * keys).view(rows, keys));
        }
    }

    /// <summary>The rows of a run's queries that share a head of keys.</summary>
    private Tensor Queries(Tensor all, Run run, int head) => all.narrow(0, ((head * tokens) + run.First) * shape.Group, (long)run.Count * shape.Group);

    /// <summary>The keys, or values, that a run sees, side by side.</summary>
    private unsafe Tensor Gather(string name, Tensor all, Run run, int head)
    {
        if (run.Keys.Length == run.Count)
            return all.narrow(0, (head * tokens) + run.First, run.Count);
        Tensor picked = memory.Take(name, 0, run.Keys.Length, shape.Size, type);
        uint bytes = (uint)(shape.Size * all.ElementSize);
        byte* from = all.Start() + (head * tokens * bytes), to = picked.Start();
        foreach (int key in run.Keys)
        {
            Unsafe.CopyBlockUnaligned(to, from + ((nint)key * bytes), bytes);
            to += bytes;
        }

        return picked;
    }

    /// <summary>Adds what a run gives its keys to what others gave them.</summary>
    private unsafe void Scatter(Tensor some, Tensor all, Run run, int head)
    {
        float* to = (float*)all.Start() + (head * tokens * shape.Size);
        if (type == ScalarType.BFloat16)
            Scatter<StoredBrain>(some.Start(), to, run.Keys);
        else
            Scatter<StoredSingle>(some.Start(), to, run.Keys);
    }

    private unsafe void Scatter<T>(byte* from, float* to, int[] keys)
        where T : struct, IStored
    {
        foreach (int key in keys)
        {
            byte* sum = (byte*)(to + ((nint)key * shape.Size));
            for (int i = 0; i < shape.Size; i += Stored.Lanes)
                Stored.Store<StoredSingle>(Stored.Load<StoredSingle>(sum, i, shape.Size) + Stored.Load<T>(from, i, shape.Size), sum, i, shape.Size);
            from += shape.Size * T.Size;
        }
    }

    /// <summary>A run in the batch.</summary>
    /// <param name="First">Its first token.</param>
    /// <param name="Count">How many.</param>
    /// <param name="Keys">The tokens that its last one sees.</param>
    /// <param name="Scores">Where its scores begin.</param>
    private sealed record Run(int First, int Count, int[] Keys, long Scores);
}
