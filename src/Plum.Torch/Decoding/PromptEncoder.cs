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

        List<float[]> logits = [];
        foreach (TokenRow[] piece in rows.Chunk(Tokens))
        {
            LogitRows found = forward.Run(piece);
            for (int row = 0; row < found.Count; row++)
                logits.Add(found[row].ToArray());
        }

        return [.. caches.Zip(logits, (cache, last) => new EncodedPrompt(cache, last))];
    }
}

/// <summary>A prompt that has gone through the decoder, once for all its samples.</summary>
/// <param name="Cache">Its keys and values.</param>
/// <param name="Logits">Those of the token after it.</param>
internal sealed record EncodedPrompt(TokenCache Cache, float[] Logits) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Cache.Dispose();
}
