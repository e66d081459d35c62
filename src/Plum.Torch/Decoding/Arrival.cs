using Plum.Torch.Checkpoints;

namespace Plum.Torch.Decoding;

/// <summary>Requests that came together: prompts are encoded several at once, when a row is free for the first of their samples.</summary>
internal sealed class Arrival : IDisposable
{
    private readonly IReadOnlyList<GenerationRequest> requests;
    private readonly Action<DrawnToken> drawn;
    private readonly TokenCache?[] prompts;
    private Queue<Sequence> waiting;

    public Arrival(IReadOnlyList<GenerationRequest> requests, Action<DrawnToken> drawn, Tokenizer? tokenizer, IReadOnlySet<int> endTokens, int maxPositions)
    {
        this.requests = requests;
        this.drawn = drawn;
        prompts = new TokenCache?[requests.Count];
        waiting = new(requests.SelectMany((request, prompt) =>
            Enumerable.Range(0, request.Count).Select(sample => new Sequence(this, request, prompt, sample, tokenizer, endTokens, maxPositions))));
    }

    /// <summary>Samples that have no row yet.</summary>
    public int Waiting => waiting.Count;

    /// <summary>The next sample that has no row yet.</summary>
    public Sequence Take() => waiting.Dequeue();

    /// <summary>
    /// The keys and values of a sample's prompt; it and those of the next who wait are encoded where that has not happened,
    /// and all of their samples draw their first token then, while the logits are there.
    /// </summary>
    public TokenCache Prompt(Sequence sequence, PromptEncoder encoder)
    {
        if (prompts[sequence.Prompt] is { } known)
            return known;
        ILookup<int, Sequence> samples = waiting.Prepend(sequence).ToLookup(other => other.Prompt);
        int[] next = [.. samples.Select(group => group.Key).Where(prompt => prompts[prompt] is null)];
        TokenCache[] encoded = encoder.Encode([.. next.Select(prompt => requests[prompt].Prompt)], (prompt, logits) =>
        {
            foreach (Sequence sample in samples[next[prompt]])
                sample.Draw(logits);
        });
        for (int i = 0; i < encoded.Length; i++)
            prompts[next[i]] = encoded[i];
        return encoded[0];
    }

    /// <summary>Releases a sample's prompt where no other sample waits for it.</summary>
    public void Release(Sequence sequence)
    {
        if (waiting.TryPeek(out Sequence? next) && next.Prompt == sequence.Prompt)
            return;
        prompts[sequence.Prompt]?.Dispose();
        prompts[sequence.Prompt] = null;
    }

    /// <summary>Forgets the waiting samples of a request.</summary>
    public void Drop(GenerationRequest request) => waiting = new(waiting.Where(sequence => !ReferenceEquals(sequence.Request, request)));

    /// <summary>Tells whoever asked what a sample was given.</summary>
    public void Tell(Sequence sequence) => drawn(new DrawnToken(
        sequence.Prompt, sequence.Sample, sequence.Next, sequence.LogProb, sequence.Likeliest, sequence.Done ? sequence.Finish() : null));

    /// <summary>Releases the encoded prompts; samples in flight hold on to what they share.</summary>
    public void Dispose()
    {
        foreach (TokenCache? prompt in prompts)
            prompt?.Dispose();
    }
}
