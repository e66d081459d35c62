using Plum.Models;
using Plum.Text;

namespace Plum.Evaluation;

/// <summary>How a policy is evaluated.</summary>
/// <param name="MaxTokens">The most tokens of a completion.</param>
/// <param name="Samples">n, further samples of each task for pass@k; 0 for the greedy one alone.</param>
/// <param name="Sampling">How these are drawn; temperature 1 where left out.</param>
/// <param name="K">The k of pass@k, each at most n; 1 and n where left out.</param>
/// <param name="ChunkInstructions">How many tasks go to the model at once.</param>
/// <param name="Prompt">The user's message; the task's text alone where left out. It is to be the one of training.</param>
public sealed record EvaluatorOptions(
    int MaxTokens = 512,
    int Samples = 0,
    SamplingOptions? Sampling = null,
    IReadOnlyList<int>? K = null,
    int ChunkInstructions = 64,
    PromptTemplate? Prompt = null);
