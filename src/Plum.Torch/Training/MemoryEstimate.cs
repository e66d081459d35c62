using Plum.Torch.Checkpoints;
using Plum.Torch.Training.Fused;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>Estimated bytes of a training, each worker's included.</summary>
/// <param name="Weights">The frozen or trained weights.</param>
/// <param name="State">Gradients, moments and copies of what is trained.</param>
/// <param name="Activations">What a pass keeps for its way back, the largest micro-batch on every worker.</param>
/// <param name="Logits">A chunk of logits and what is made of it, on every worker.</param>
/// <param name="Runtime">What is there whatever is trained: .NET, libtorch, its compiled products, and holes between allocations.</param>
public sealed record MemoryEstimate(long Weights, long State, long Activations, long Logits, long Runtime)
{
    /// <summary>.NET and libtorch as they stand before the first step.</summary>
    private const long Libraries = 350L << 20;

    /// <summary>Compiled products and holes: what a worker's part of the heap comes to hold beside live tensors within some hundred steps, measured.</summary>
    private const long Holes = 340L << 20;

    /// <summary>The same where a pass keeps its memory for the next one, measured.</summary>
    private const long FusedHoles = 150L << 20;

    /// <summary>All of it.</summary>
    public long Total => Weights + State + Activations + Logits + Runtime;

    /// <summary>Estimates from shapes: what autograd keeps of a layer is counted tensor by tensor.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="trained">Weights that are trained.</param>
    /// <param name="frozen">Whether these are updates beside frozen weights.</param>
    /// <param name="dtype">The type of the matrix products.</param>
    /// <param name="pass">How a pass spares memory.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="largest">The largest micro-batch.</param>
    /// <param name="copies">Copies of what is trained that are kept to go back to.</param>
    public static MemoryEstimate Of(ModelConfig config, long trained, bool frozen, ScalarType dtype, PassOptions pass, int workers, BatchSize largest, int copies = 0)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(pass);
        ArgumentNullException.ThrowIfNull(largest);
        long element = dtype == ScalarType.BFloat16 ? 2 : 4, hidden = config.HiddenSize, heads = (long)config.Heads * config.HeadSize, keys = (long)config.KeyValueHeads * config.HeadSize;
        long mlp = (long)config.IntermediateSize * (config.GatedMlp ? 4 : 2);
        // Norms are computed in float32; attention keeps its scores twice, and the keys and values that it picks, by heads.
        double layer = (element * ((8 * hidden) + (4 * (heads + (2 * keys))) + mlp)) + (4 * 4 * hidden) + (2 * element * ((config.Heads * largest.Keys) + (largest.Picked * (heads + keys))));
        double activations = pass.Checkpoint ? layer + (config.Layers * element * hidden) : config.Layers * layer;
        // Float32 logits, what softmax makes of them, and their narrow copies for products; measured peaks hold one more copy of the head by worker.
        long logits = Math.Min(1L << 25, largest.Targets * config.VocabularySize), head = element * config.VocabularySize * hidden;
        // What FusedForward takes by name, once or for each layer; the updates' inner rows are too few to count.
        bool fused = frozen && pass.Fused && FusedForward.Knows(config);
        if (fused)
        {
            double kept = element * ((3 * hidden) + (2 * (heads + keys)) + (2 * config.IntermediateSize) + (config.Heads * largest.Keys));
            double once = (element * ((6 * hidden) + (4 * heads) + (2 * keys) + config.IntermediateSize)) + (8 * keys);
            activations = once + (pass.Checkpoint ? kept + (config.Layers * element * hidden) : config.Layers * kept);
        }

        return new(
            (frozen ? element : 4) * config.Parameters,
            (4 * trained * (workers + 4 + copies)) + (frozen ? 0 : element * config.Parameters * workers),
            (long)(workers * largest.Tokens * activations),
            workers * (fused ? element * logits : ((8 + element) * logits) + head),
            Libraries + (workers * (fused ? FusedHoles : Holes)));
    }
}

/// <summary>What a pass over a micro-batch computes.</summary>
/// <param name="Tokens">Tokens, padding of rows included.</param>
/// <param name="Targets">Tokens that are predicted.</param>
/// <param name="Keys">Keys for which a token's scores are held, on average.</param>
/// <param name="Picked">Keys that are copied together for attention, by token.</param>
public sealed record BatchSize(long Tokens, long Targets, double Keys, double Picked)
{
    /// <summary>The size of a micro-batch.</summary>
    /// <param name="groups">What is in it.</param>
    /// <param name="rowLength">The wished length of a row.</param>
    /// <param name="pass">How attention goes.</param>
    public static BatchSize Of(IReadOnlyList<CompletionGroup> groups, int rowLength, PassOptions pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        using PackedBatch packed = PackedBatch.Pack(groups, rowLength);
        double scores = pass.Runs ? packed.Runs.Sum(run => (double)run.Count * (run.Before.Length + run.Count)) : (double)packed.Mask.numel();
        double picked = pass.Runs ? packed.Runs.Sum(run => (double)run.Before.Length + run.Count) : 0;
        return new(packed.Tokens.numel(), packed.Targets.shape[0], scores / packed.Tokens.numel(), picked / packed.Tokens.numel());
    }
}
