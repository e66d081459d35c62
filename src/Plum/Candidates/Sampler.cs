using System.Runtime.CompilerServices;
using Plum.Models;
using Plum.Text;

namespace Plum.Candidates;

/// <summary>
/// Stage 2a: K completions of every instruction from one version of the policy, and the programs in them.
/// Instructions are taken in fixed chunks counted from the first. A chunk is always sampled whole, so that its
/// content is the same after a restart as without one, whatever a model's batching does to the last bits of its logits.
/// </summary>
/// <param name="model">The policy.</param>
/// <param name="options">How many, and how.</param>
/// <exception cref="InputException">An option is out of its range.</exception>
public sealed class Sampler(ILanguageModel model, SamplerOptions options)
{
    private static readonly PromptTemplate Plain = new("the default prompt", "{instruction}", "instruction", "entry_point");

    private readonly SamplerOptions options = options.Checked();
    private readonly SamplingOptions sampling = options.Sampling ?? new SamplingOptions();

    /// <summary>How many whole instructions the first <paramref name="candidates"/> lines of a file of candidates hold.</summary>
    /// <param name="candidates">Whole lines on disk; the rest of a half-written instruction is to be cut off.</param>
    public int WholeInstructions(int candidates) => candidates / options.Samples;

    /// <summary>The prompt that the model sees for an instruction; training uses the same.</summary>
    /// <param name="instruction">The instruction.</param>
    public string PromptOf(Instruction instruction)
    {
        ArgumentNullException.ThrowIfNull(instruction);
        string message = (options.Prompt ?? Plain).Render(("instruction", instruction.Text), ("entry_point", instruction.EntryPoint));
        return model.RenderPrompt([new ChatMessage("user", message)]);
    }

    /// <summary>Samples.</summary>
    /// <param name="instructions">All the instructions of the round, in the order of their lines on disk.</param>
    /// <param name="key">Seed, round and purpose of the draws; an instruction's id becomes the subject.</param>
    /// <param name="policyVersion">The version of the policy, for provenance.</param>
    /// <param name="done">How many whole instructions are on disk already; sampling goes on behind them.</param>
    /// <param name="cancellation">Stops the work; chunks in flight are lost.</param>
    /// <returns>K candidates an instruction, in the order of the instructions and of the samples.</returns>
    /// <exception cref="ModelStoppedException">The model gave no answer for an instruction.</exception>
    public async IAsyncEnumerable<Candidate> SampleAsync(
        IReadOnlyList<Instruction> instructions,
        DrawKey key,
        int policyVersion,
        int done = 0,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(instructions);
        ArgumentOutOfRangeException.ThrowIfNegative(done);
        if (done >= instructions.Count) yield break;
        int behind = done % options.ChunkInstructions * options.Samples;
        IAsyncEnumerable<Candidate[]> chunks = instructions
            .Chunk(options.ChunkInstructions)
            .Skip(done / options.ChunkInstructions)
            .SelectParallel(Math.Max(1, model.Parallelism), (chunk, stop) => SampleAsync(chunk, key, policyVersion, stop), cancellation);
        await foreach (Candidate[] chunk in chunks.ConfigureAwait(false))
        {
            foreach (Candidate candidate in chunk.Skip(behind)) yield return candidate;
            behind = 0;
        }
    }

    private async Task<Candidate[]> SampleAsync(Instruction[] chunk, DrawKey key, int policyVersion, CancellationToken cancellation)
    {
        SampleRequest[] requests = [.. chunk.Select(instruction =>
            new SampleRequest(PromptOf(instruction), key with { Subject = instruction.Id }, options.Samples, sampling))];
        IReadOnlyList<IReadOnlyList<Completion>> answers = await model.SampleAsync(requests, cancellation).ConfigureAwait(false);
        if (answers.Count != chunk.Length || answers.Any(samples => samples.Count != options.Samples))
            throw new InvalidOperationException($"The model was asked for {chunk.Length} x {options.Samples} completions and gave another number.");
        if (chunk.Zip(answers.Select(samples => samples.FirstOrDefault(one => one.Failure is not null))).FirstOrDefault(one => one.Second is not null) is (var unanswered, { Failure: { } failure }))
            throw new ModelStoppedException($"{unanswered.Id}: there is no answer: {failure.Message}");
        return [.. chunk.SelectMany((instruction, at) => answers[at].Select((completion, sample) => new Candidate(
            instruction.Id,
            sample,
            completion.Text,
            ProgramExtractor.Extract(completion.Text, instruction.EntryPoint),
            completion.TokenIds,
            completion.LogProbs,
            completion.FinishReason,
            policyVersion,
            key.Seed)))];
    }
}
