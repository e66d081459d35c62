using Plum.Torch.Checkpoints;

namespace Plum.Torch.Decoding;

/// <summary>Requests that came together: their prompts are encoded in one pass, once a row is free for the first of their samples.</summary>
internal sealed class Arrival : IDisposable
{
    private readonly IReadOnlyList<GenerationRequest> requests;
    private readonly Action<DrawnToken> drawn;
    private Queue<Sequence> waiting;
    private PrefixCache? prefix;

    public Arrival(IReadOnlyList<GenerationRequest> requests, Action<DrawnToken> drawn, Tokenizer? tokenizer, IReadOnlySet<int> endTokens)
    {
        this.requests = requests;
        this.drawn = drawn;
        waiting = new(requests.SelectMany((request, prompt) =>
            Enumerable.Range(0, request.Count).Select(sample => new Sequence(this, request, prompt, sample, tokenizer, endTokens))));
    }

    /// <summary>Samples that have no row yet.</summary>
    public int Waiting => waiting.Count;

    /// <summary>The next sample that has no row yet.</summary>
    public Sequence Take() => waiting.Dequeue();

    /// <summary>The prompts' keys, values and logits, computed when first asked for.</summary>
    public PrefixCache Prefix(DecoderSnapshot model) => prefix ??= PrefixCache.Encode(model, [.. requests.Select(r => r.Prompt)]);

    /// <summary>Forgets the waiting samples of a request.</summary>
    public void Drop(GenerationRequest request) => waiting = new(waiting.Where(sequence => !ReferenceEquals(sequence.Request, request)));

    /// <summary>Tells whoever asked what a sample was given.</summary>
    public void Tell(Sequence sequence) => drawn(new DrawnToken(
        sequence.Prompt, sequence.Sample, sequence.Next, sequence.LogProb, sequence.Likeliest, sequence.Done ? sequence.Finish() : null));

    /// <summary>Releases the encoded prompts; rows have copies of their own.</summary>
    public void Dispose() => prefix?.Dispose();
}
