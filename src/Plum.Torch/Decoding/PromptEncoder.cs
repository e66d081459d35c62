namespace Plum.Torch.Decoding;

/// <summary>Runs prompts through the decoder, several at once and long ones in pieces, so that scratch memory has a bound.</summary>
/// <param name="forward">The decoder.</param>
/// <param name="pool">Where keys and values are kept.</param>
internal sealed class PromptEncoder(IRowForward forward, CachePool pool)
{
    /// <summary>The most tokens of a pass: enough for products at full speed.</summary>
    public const int Tokens = 512;

    /// <summary>What is done with the logits of the token after a prompt.</summary>
    /// <param name="prompt">Which of the prompts.</param>
    /// <param name="logits">[vocabulary], until it returns: nobody keeps them, as a hundred rows of a large vocabulary are as much as a layer.</param>
    public delegate void Encoded(int prompt, ReadOnlySpan<float> logits);

    /// <summary>Encodes as many of the prompts as fit one pass, in order; the first one whatever its length.</summary>
    /// <param name="prompts">Token ids, each at least one.</param>
    /// <param name="encoded">Called for each prompt that was encoded, in order.</param>
    /// <returns>Their keys and values.</returns>
    public TokenCache[] Encode(IReadOnlyList<int[]> prompts, Encoded encoded)
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

        int done = 0;
        foreach (TokenRow[] piece in rows.Chunk(Tokens))
        {
            LogitRows found = forward.Run(piece);
            for (int row = 0; row < found.Count; row++)
                encoded(done++, found[row]);
        }

        return caches;
    }
}
