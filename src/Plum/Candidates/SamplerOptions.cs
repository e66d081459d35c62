using Plum.Models;
using Plum.Text;

namespace Plum.Candidates;

/// <summary>How candidates are sampled.</summary>
/// <param name="Samples">K, the completions of an instruction. The paper's is probably 20.</param>
/// <param name="ChunkInstructions">How many instructions go to the model at once: the unit of determinism and of progress.</param>
/// <param name="Sampling">How tokens are drawn; temperature 1 where left out.</param>
/// <param name="Prompt">The user's message from <c>{instruction}</c> and <c>{entry_point}</c>; the instruction's text alone where left out.</param>
public sealed record SamplerOptions(
    int Samples = 16,
    int ChunkInstructions = 64,
    SamplingOptions? Sampling = null,
    PromptTemplate? Prompt = null)
{
    /// <summary>These options, if they can be used.</summary>
    /// <exception cref="InputException">One is out of its range; the message names it.</exception>
    internal SamplerOptions Checked() => Samples >= 1 && ChunkInstructions >= 1
        ? this
        : throw new InputException("candidates: samples and chunk_instructions are at least 1: correct the recipe");
}
