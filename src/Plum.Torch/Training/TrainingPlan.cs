using Plum.Rounds;
using Plum.Torch.Checkpoints;

namespace Plum.Torch.Training;

/// <summary>What a training would do and take, told before it is begun.</summary>
/// <param name="Options">The settings with every default filled in.</param>
/// <param name="Prompts">Prompts to train on.</param>
/// <param name="HeldOutPrompts">Prompts that are watched instead.</param>
/// <param name="Pairs">Pairs to train on.</param>
/// <param name="Completions">Distinct completions to train on.</param>
/// <param name="CompletionTokens">Their tokens.</param>
/// <param name="ComputedTokens">Tokens that a pass over the data computes, prompts and common beginnings once.</param>
/// <param name="PaddedTokens">Tokens that a pass would compute with each pair's two rows (or each label's row) by itself, padding not counted.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="MicroBatches">Micro-batches of a step, by the data's mean.</param>
/// <param name="MicroBatchTokens">Tokens of the largest micro-batch.</param>
/// <param name="TrainedParameters">Weights that are trained.</param>
/// <param name="DesirableWeight">KTO's weight of completions labelled true; null for other losses.</param>
/// <param name="UndesirableWeight">KTO's weight of the others.</param>
/// <param name="Memory">Estimated bytes.</param>
public sealed record TrainingPlan(
    TrainingOptions Options, int Prompts, int HeldOutPrompts, int Pairs, int Completions, long CompletionTokens, long ComputedTokens, long PaddedTokens,
    int Steps, double MicroBatches, int MicroBatchTokens, long TrainedParameters, double? DesirableWeight, double? UndesirableWeight, MemoryEstimate Memory);

/// <summary>Estimated bytes of a training, each worker's included.</summary>
/// <param name="Weights">The frozen or trained weights.</param>
/// <param name="State">Gradients, moments and copies of what is trained.</param>
/// <param name="Activations">What a pass keeps for its way back, the largest micro-batch on every worker.</param>
/// <param name="Logits">A chunk of logits and what is made of it, on every worker.</param>
public sealed record MemoryEstimate(long Weights, long State, long Activations, long Logits)
{
    /// <summary>All of it.</summary>
    public long Total => Weights + State + Activations + Logits;

    /// <summary>Estimates from shapes: what autograd keeps of a layer is counted tensor by tensor, allocators' slack is not.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="options">The settings.</param>
    /// <param name="trained">Weights that are trained.</param>
    /// <param name="tokens">Tokens of the largest micro-batch.</param>
    /// <param name="row">Tokens of its rows.</param>
    /// <param name="workers">Threads.</param>
    public static MemoryEstimate Of(ModelConfig config, TrainingOptions options, long trained, int tokens, int row, int workers)
    {
        long element = options.Precision == "bfloat16" ? 2 : 4, hidden = config.HiddenSize, heads = (long)config.Heads * config.HeadSize, keys = (long)config.KeyValueHeads * config.HeadSize;
        long mlp = (long)config.IntermediateSize * (config.GatedMlp ? 3 : 2);
        // Norms are computed in float32; attention keeps its scores twice.
        long layer = (element * ((8 * hidden) + (4 * (heads + (2 * keys))) + mlp)) + (4 * 4 * hidden) + (2 * element * config.Heads * row);
        long kept = options.CheckpointActivations ? layer + (config.Layers * element * hidden) : config.Layers * layer;
        bool lora = options.Lora is not null;
        long copies = (workers + 4) + (options.StopAtChosenDrop > 0 ? 1 : 0) + (options.HeldOutShare > 0 ? 1 : 0);
        return new(
            (lora ? element : 4) * config.Parameters,
            (4 * trained * copies) + (lora ? 0 : element * config.Parameters * workers),
            workers * tokens * kept,
            workers * 3 * 4 * Math.Min(1L << 25, (long)tokens * config.VocabularySize));
    }
}
