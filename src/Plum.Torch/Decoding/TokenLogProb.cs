namespace Plum.Torch.Decoding;

/// <summary>A token and how likely it was.</summary>
/// <param name="TokenId">The token.</param>
/// <param name="LogProb">log p at temperature 1, before any truncation.</param>
public readonly record struct TokenLogProb(int TokenId, float LogProb)
{
    /// <summary>The likeliest tokens of a row, in falling order, of equally likely ones the first.</summary>
    /// <param name="logits">One row of raw logits, [vocabulary].</param>
    /// <param name="count">How many, at least one.</param>
    /// <param name="known">Any token of the row whose log-probability is known.</param>
    public static IReadOnlyList<TokenLogProb> Likeliest(ReadOnlySpan<float> logits, int count, TokenLogProb known)
    {
        count = Math.Min(count, logits.Length);
        float least = LargestValues.AtRank(logits, count);
        List<TokenLogProb> found = [];
        for (int token = 0; token < logits.Length; token++)
        {
            if (logits[token] >= least)
                found.Add(new TokenLogProb(token, known.LogProb + (logits[token] - logits[known.TokenId])));
        }

        return [.. found.OrderByDescending(one => one.LogProb).Take(count)];
    }
}
