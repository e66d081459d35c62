using Plum.Candidates;
using Plum.Text;

namespace Plum.Rounds;

/// <summary>Stage 2a on disk: K lines of <c>candidates.jsonl</c> for each instruction.</summary>
public static class SampleStage
{
    /// <summary>Samples the candidates that the file lacks.</summary>
    /// <param name="file">Where they are kept.</param>
    /// <param name="sampler">The policy.</param>
    /// <param name="instructions">The instructions, in the order of the lines.</param>
    /// <param name="options">The recipe.</param>
    /// <param name="round">From 1; the policy's version is one less.</param>
    /// <param name="progress">Told after each instruction.</param>
    /// <param name="cancellation">Stops; what is on disk stays.</param>
    public static async Task<IReadOnlyList<Candidate>> RunAsync(
        string file, Sampler sampler, IReadOnlyList<Instruction> instructions, RunOptions options, int round,
        IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentNullException.ThrowIfNull(instructions);
        ArgumentNullException.ThrowIfNull(options);
        int whole = File.Exists(file) ? sampler.WholeInstructions(JsonLines.Truncate(file)) : 0;
        using (JsonLinesWriter<Candidate> candidates = new(file, whole * options.Samples))
        {
            await foreach (Candidate[] ofInstruction in sampler
                .SampleAsync(instructions, new DrawKey(options.Seed, round, "candidates"), round - 1, whole, cancellation)
                .Chunk(options.Samples).ConfigureAwait(false))
            {
                candidates.Append(ofInstruction);
                progress.Report(new StageProgress("sample", round, candidates.Lines, instructions.Count * options.Samples, "candidates"));
            }
        }

        return await JsonLines.ReadAllAsync<Candidate>(file, cancellation).ConfigureAwait(false);
    }
}
