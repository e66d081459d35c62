using Plum.Torch.Kernels;

namespace Plum.Torch.Decoding;

/// <summary>Runs prompts through the decoder, several at once and long ones in pieces, so that scratch memory has a bound.</summary>
/// <param name="forward">The decoder.</param>
/// <param name="pool">Where keys and values are kept.</param>
internal sealed class PromptEncoder(IRowForward forward, CachePool pool)
{
    /// <summary>The most tokens of a pass: enough for products at full speed.</summary>
    public const int Tokens = 512;

    /// <summary>Encodes as many of the prompts as fit one pass, in order; the first one whatever its length.</summary>
    /// <param name="prompts">Token ids, each at least one.</param>
    public EncodedPrompt[] Encode(IReadOnlyList<int[]> prompts)
    {
        int count = 1;
        for (int tokens = prompts[0].Length; count < prompts.Count && tokens + prompts[count].Length <= Tokens; count++)
            tokens += prompts[count].Length;
        TokenCache[] caches = [.. prompts.Take(count).Select(_ => new TokenCache(pool))];
        List<TokenRow> rows = [];
        for (int prompt = 0; prompt < count; prompt++)
        {
            caches[prompt].Extend(prompts[prompt].Length);
            rows.AddRange(prompts[prompt].Select((token, position) =>
                new TokenRow(token, position, caches[prompt], WantsLogits: position == prompts[prompt].Length - 1)));
        }

        List<EncodedPrompt> encoded = [];
        foreach (TokenRow[] piece in rows.Chunk(Tokens))
        {
            LogitRows found = forward.Run(piece);
            for (int row = 0; row < found.Count; row++)
                encoded.Add(new EncodedPrompt(caches[encoded.Count], found[row]));
        }

        return [.. encoded];
    }
}

/// <summary>A prompt that has gone through the decoder, once for all its samples.</summary>
internal sealed unsafe class EncodedPrompt : IDisposable
{
    // Not an array of the runtime's: a hundred of them, of a large vocabulary, would wait for its collector.
    private readonly NativeArray logits;

    /// <summary>Keeps a prompt.</summary>
    /// <param name="cache">Its keys and values, given back with it.</param>
    /// <param name="logits">Those of the token after it; copied.</param>
    public EncodedPrompt(TokenCache cache, ReadOnlySpan<float> logits)
    {
        Cache = cache;
        this.logits = new NativeArray(logits.Length * sizeof(float));
        logits.CopyTo(new Span<float>(this.logits.Floats, logits.Length));
    }

    /// <summary>Its keys and values.</summary>
    public TokenCache Cache { get; }

    /// <summary>Those of the token after it.</summary>
    public ReadOnlySpan<float> Logits => new(logits.Floats, (int)(logits.Bytes / sizeof(float)));

    /// <inheritdoc/>
    public void Dispose()
    {
        Cache.Dispose();
        logits.Dispose();
    }
}
