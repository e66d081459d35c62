namespace Plum.Torch.Decoding;

/// <summary>What one step gave one sample.</summary>
/// <param name="Request">Which request of those added together.</param>
/// <param name="Sample">Which sample of the request.</param>
/// <param name="TokenId">The token drawn.</param>
/// <param name="LogProb">log p of the token at temperature 1, before any truncation.</param>
/// <param name="Likeliest">The likeliest tokens in its place, as many as the request asked for, in falling order.</param>
/// <param name="Finished">The whole sample where this token was its last; null before.</param>
public readonly record struct DrawnToken(int Request, int Sample, int TokenId, float LogProb, IReadOnlyList<TokenLogProb> Likeliest, Generation? Finished);
