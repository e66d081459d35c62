using Plum.Torch.Checkpoints;
using Plum.Torch.Kernels;

namespace Plum.Torch.Decoding;

/// <summary>
/// Samples in flight over one model, an open set: requests join while others decode, and a finished sample's place is
/// taken by the next one (Yu et al. 2022, Orca). Each prompt is encoded once for all its samples. The order of work is
/// fixed by the order of the calls alone. For one thread at a time.
/// </summary>
public sealed class DecodingSession : IDisposable
{
    private readonly Tokenizer? tokenizer;
    private readonly IReadOnlySet<int> endTokens;
    private readonly int maxRows;
    private readonly ModelConfig config;
    private readonly Crew crew;
    private readonly CachePool pool;
    private readonly IRowForward forward;
    private readonly PromptEncoder encoder;
    private readonly Queue<Arrival> waiting = [];
    private readonly List<Sequence> active = [];

    /// <summary>A session without requests.</summary>
    /// <param name="model">The weights to sample from.</param>
    /// <param name="tokenizer">Turns tokens into text; null leaves the texts empty.</param>
    /// <param name="endTokens">Tokens that end a completion.</param>
    /// <param name="maxRows">The most samples in flight; more wait in the order of their coming.</param>
    /// <param name="threads">How many threads decode them together, the caller's among them.</param>
    public DecodingSession(Snapshot model, Tokenizer? tokenizer, IReadOnlySet<int> endTokens, int maxRows, int threads = 1)
    {
        (this.tokenizer, this.endTokens, this.maxRows, config) = (tokenizer, endTokens, maxRows, model.Config);
        crew = new Crew(threads);
        (pool, forward) = model.Open(crew);
        encoder = new PromptEncoder(forward, pool);
    }

    /// <summary>Samples that have not ended: those in flight and those that wait.</summary>
    public int Unfinished => active.Count + waiting.Sum(arrival => arrival.Waiting);

    /// <summary>What keys and values take in memory.</summary>
    public long CacheBytes => pool.Bytes + forward.CacheBytes;

    /// <summary>Puts requests behind all others.</summary>
    /// <param name="requests">Prompts and how to continue them, at least one.</param>
    /// <param name="drawn">Told every token, inside <see cref="Step"/>.</param>
    /// <exception cref="InputException">A prompt is empty, has more tokens than the model has positions, or a token that is none of the model's.</exception>
    public void Add(IReadOnlyList<GenerationRequest> requests, Action<DrawnToken> drawn)
    {
        foreach (GenerationRequest request in requests)
            Check(request.Prompt);
        waiting.Enqueue(new Arrival(requests, drawn, tokenizer, endTokens, config.LongestText));
    }

    /// <summary>Gives up all samples of a request, this very object; nothing more is told of them.</summary>
    /// <param name="request">One that was added; one that has ended is let be.</param>
    public void Cancel(GenerationRequest request)
    {
        foreach (Arrival arrival in waiting)
            arrival.Drop(request);
        foreach (Sequence sequence in active.Where(sequence => ReferenceEquals(sequence.Request, request)))
            sequence.Abandon();
        Retire();
    }

    /// <summary>Fills free rows, then draws one token for every sample in flight. A session in which this has failed is of no further use.</summary>
    /// <returns>False once nothing is in flight and nothing waits.</returns>
    /// <exception cref="ArithmeticException">The logits hold NaN.</exception>
    public bool Step()
    {
        while (waiting.TryPeek(out Arrival? next) && active.Count <= maxRows - Math.Max(1, maxRows / 8))
            Admit(next);
        if (active.Count > 0)
        {
            Decode();
            Retire();
        }

        return active.Count > 0 || waiting.Count > 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        crew.Dispose();
        forward.Dispose();
        pool.Dispose();
    }

    private void Check(int[] prompt)
    {
        if (prompt.Length == 0)
            throw new InputException("A prompt has no tokens; a model needs at least one to go on from.");
        if (prompt.Length > config.LongestText)
            throw new InputException($"A prompt of {prompt.Length} tokens does not fit the model's {config.LongestText} positions; shorten it.");
        if (Array.Find(prompt, token => (uint)token >= (uint)config.VocabularySize) is int unknown and not 0)
            throw new InputException($"Token {unknown} is none of the model's {config.VocabularySize}: is the tokenizer this model's?");
    }

    /// <summary>Gives free rows to samples of the first who wait; their first token was drawn when their prompt was encoded.</summary>
    private void Admit(Arrival arrival)
    {
        while (active.Count < maxRows && arrival.Waiting > 0)
        {
            Sequence sequence = arrival.Take();
            TokenCache prompt = arrival.Prompt(sequence, encoder);
            arrival.Tell(sequence);
            if (!sequence.Done)
            {
                sequence.Cache = prompt.Fork();
                active.Add(sequence);
            }

            arrival.Release(sequence);
        }

        if (arrival.Waiting == 0)
            waiting.Dequeue().Dispose();
    }

    /// <summary>One token for every sample in flight.</summary>
    private void Decode()
    {
        TokenRow[] rows = new TokenRow[active.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            active[i].Cache!.Extend(1);
            rows[i] = new TokenRow(active[i].Next, active[i].Position, active[i].Cache!, WantsLogits: true);
        }

        LogitRows logits = forward.Run(rows);
        crew.Run(part =>
        {
            for (int i = part; i < logits.Count; i += crew.Size)
                active[i].Draw(logits[i]);
        });
        foreach (Sequence sequence in active)
            sequence.Arrival.Tell(sequence);
    }

    /// <summary>Takes ended samples out and gives their memory back.</summary>
    private void Retire()
    {
        foreach (Sequence sequence in active.Where(sequence => sequence.Done))
            sequence.Cache!.Dispose();
        active.RemoveAll(sequence => sequence.Done);
    }
}
