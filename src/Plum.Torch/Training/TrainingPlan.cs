using Plum.Rounds;

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
/// <param name="Shortened">Completions that are cut at <see cref="TrainingOptions.MaxLength"/>.</param>
/// <param name="TooLong">Completions that are left out, since their prompt leaves them no room.</param>
/// <param name="Memory">Estimated bytes.</param>
public sealed record TrainingPlan(
    TrainingOptions Options, int Prompts, int HeldOutPrompts, int Pairs, int Completions, long CompletionTokens, long ComputedTokens, long PaddedTokens,
    int Steps, double MicroBatches, int MicroBatchTokens, long TrainedParameters, double? DesirableWeight, double? UndesirableWeight, int Shortened, int TooLong, MemoryEstimate Memory);
