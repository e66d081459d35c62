using Plum.Models;
using Plum.Torch.Checkpoints;

namespace Plum.Torch.Decoding;

/// <summary>One sample in flight: its own stream of draws, what it has emitted, and whether it is done.</summary>
internal sealed class Sequence(Arrival arrival, GenerationRequest request, int prompt, int sample, Tokenizer? tokenizer, IReadOnlySet<int> endTokens, int maxPositions)
{
    private readonly RandomStream draws = request.Key.Open(sample);
    private readonly List<int> tokens = [];
    private readonly List<float> logProbs = [];
    private readonly SamplingOptions sampling = request.Sampling;
    private readonly StopSearch? stops = tokenizer is not null && request.Sampling.Stop is { Count: > 0 } texts ? new StopSearch(tokenizer.OpenStream(atTextStart: true), texts) : null;
    private string? cutText;

    /// <summary>Whom it came with.</summary>
    public Arrival Arrival => arrival;

    /// <summary>What was asked for.</summary>
    public GenerationRequest Request => request;

    /// <summary>Its keys and values once it has a row.</summary>
    public TokenCache? Cache { get; set; }

    /// <summary>Which of the prompts that came together this continues.</summary>
    public int Prompt => prompt;

    /// <summary>Which sample of its prompt this is.</summary>
    public int Sample => sample;

    /// <summary>The token to feed next: the last one drawn.</summary>
    public int Next => tokens[^1];

    /// <summary>log p of <see cref="Next"/> at temperature 1.</summary>
    public float LogProb => logProbs[^1];

    /// <summary>The likeliest tokens in the place of <see cref="Next"/>, as many as the request asks for.</summary>
    public IReadOnlyList<TokenLogProb> Likeliest { get; private set; } = [];

    /// <summary>The position of <see cref="Next"/>.</summary>
    public int Position => request.Prompt.Length + tokens.Count - 1;

    /// <summary>True once an end token, a stop text, the token budget or the model's positions ended it, or it was given up.</summary>
    public bool Done { get; private set; }

    private bool Stopped { get; set; }

    /// <summary>Draws the next token.</summary>
    /// <param name="logits">[vocabulary], at temperature 1.</param>
    public void Draw(ReadOnlySpan<float> logits)
    {
        int[] seen = sampling.RepetitionPenalty == 1 ? [] : [.. request.Prompt, .. tokens];
        int token = TokenDraw.Draw(logits, sampling, draws.NextDouble(), out float logProb, seen);
        tokens.Add(token);
        logProbs.Add(logProb);
        if (request.Likeliest > 0)
            Likeliest = TokenLogProb.Likeliest(logits, request.Likeliest, new TokenLogProb(token, logProb));
        if (endTokens.Contains(token) || sampling.StopTokenIds?.Contains(token) == true || EndsInStopText(token))
            Stopped = true;
        Done = Stopped || tokens.Count >= sampling.MaxTokens || Position >= maxPositions;
    }

    /// <summary>Gives it up.</summary>
    public void Abandon() => Done = true;

    /// <summary>What was emitted.</summary>
    public Generation Finish() => new(tokens, logProbs, cutText ?? tokenizer?.Decode(tokens, skipSpecial: true) ?? "", Stopped);

    private bool EndsInStopText(int token)
    {
        if (stops is null || !stops.Append(token))
            return false;
        // The whole text decides: in it, bytes that never become a character count as soon as they are there.
        string text = tokenizer!.Decode(tokens, skipSpecial: true);
        int cut = stops.Find(text);
        if (cut < 0)
            return false;
        cutText = text[..cut];
        return true;
    }
}
