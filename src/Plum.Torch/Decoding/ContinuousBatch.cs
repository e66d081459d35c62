using Plum.Torch.Checkpoints;

namespace Plum.Torch.Decoding;

/// <summary>
/// Samples many continuations of many prompts that are all known beforehand: a <see cref="DecodingSession"/> from its
/// first request to its last sample. The same requests give the same tokens.
/// </summary>
/// <param name="model">The weights to sample from.</param>
/// <param name="tokenizer">Turns tokens into text; null leaves the texts empty.</param>
/// <param name="endTokens">Tokens that end a completion.</param>
/// <param name="maxRows">The most sequences in flight.</param>
/// <param name="threads">How many threads decode them together.</param>
public sealed class ContinuousBatch(Snapshot model, Tokenizer? tokenizer, IReadOnlySet<int> endTokens, int maxRows, int threads = 1)
{
    /// <summary>Runs all requests to their ends on the calling thread.</summary>
    /// <param name="requests">Prompts and how to continue them.</param>
    /// <param name="cancellation">Checked once a step.</param>
    /// <returns>For each request, in order, its generations in sample order.</returns>
    public IReadOnlyList<IReadOnlyList<Generation>> Run(IReadOnlyList<GenerationRequest> requests, CancellationToken cancellation)
    {
        Generation[][] results = [.. requests.Select(r => new Generation[r.Count])];
        using DecodingSession session = new(model, tokenizer, endTokens, maxRows, threads);
        session.Add(requests, drawn =>
        {
            if (drawn.Finished is { } generation)
                results[drawn.Request][drawn.Sample] = generation;
        });
        while (session.Step())
            cancellation.ThrowIfCancellationRequested();
        return results;
    }
}
