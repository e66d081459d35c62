using Plum.Rounds;

namespace Plum.Torch.Training;

/// <summary>How a pass over a batch trades computation for memory. None of it changes what is computed.</summary>
/// <param name="Checkpoint">Keeps layers' inputs alone and computes the rest again on the way back.</param>
/// <param name="WholeLogits">Up to so many logits are held at once; more are computed chunk by chunk (2^25 are 128 MB in float32).</param>
/// <param name="Runs">Attends prompt by prompt and completion by completion, each to what it sees alone, instead of by whole rows under a mask: less work on long rows, more calls on short ones.</param>
/// <param name="Chunk">Tokens of a chunk; null for as many as fit.</param>
/// <param name="Fused">Runs the layers of a frozen base and its head through Plum's own kernels where they fit, run by run; other last bits.</param>
/// <param name="Clock">Told where the time goes; null for nobody.</param>
public sealed record PassOptions(bool Checkpoint = false, long WholeLogits = 1L << 25, bool Runs = false, int? Chunk = null, bool Fused = false, PassClock? Clock = null)
{
    /// <summary>How a recipe's training passes.</summary>
    /// <param name="training">The recipe's.</param>
    public static PassOptions For(TrainingOptions training) => new(
        training.CheckpointActivations, Runs: training.MicroBatchTokens > 0, Fused: training.Lora is { Dropout: 0 });
}
