namespace Plum.Torch.Training;

/// <summary>How a pass over a batch trades computation for memory. None of it changes what is computed.</summary>
/// <param name="Checkpoint">Keeps layers' inputs alone and computes the rest again on the way back.</param>
/// <param name="WholeLogits">Up to so many logits are held at once; more are computed chunk by chunk (2^25 are 128 MB in float32).</param>
/// <param name="Runs">Attends prompt by prompt and completion by completion, each to what it sees alone, instead of by whole rows under a mask: less work on long rows, more calls on short ones.</param>
/// <param name="Chunk">Tokens of a chunk; null for as many as fit.</param>
public sealed record PassOptions(bool Checkpoint = false, long WholeLogits = 1L << 25, bool Runs = false, int? Chunk = null);
