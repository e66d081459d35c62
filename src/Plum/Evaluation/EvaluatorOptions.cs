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
    PromptTemplate? Prompt = null)
{
    /// <summary>These options, if they can be used.</summary>
    /// <exception cref="InputException">One is out of its range; the message names it.</exception>
    internal EvaluatorOptions Checked()
    {
        string? fault =
            MaxTokens < 1 || ChunkInstructions < 1 || Samples < 0 ? "max_tokens and chunk_instructions are at least 1, samples at least 0"
            : K?.Any(k => k < 1 || k > Samples) == true ? "each k is at least 1 and at most samples"
            : null;
        return fault is null ? this : throw new InputException($"evaluation: {fault}: correct the recipe");
    }
}
