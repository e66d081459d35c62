using Plum.Models;

namespace Plum.Torch.Decoding;

/// <summary>A prompt in tokens, to be continued <paramref name="Count"/> times.</summary>
/// <param name="Prompt">The prompt's token ids, at least one.</param>
/// <param name="Key">Sample i's draws are this key's stream i.</param>
/// <param name="Count">How many continuations.</param>
/// <param name="Sampling">How tokens are drawn.</param>
/// <param name="Likeliest">How many of the likeliest tokens are told with each token drawn.</param>
public sealed record GenerationRequest(int[] Prompt, DrawKey Key, int Count, SamplingOptions Sampling, int Likeliest = 0);

/// <summary>Tokens that were drawn.</summary>
/// <param name="TokenIds">The tokens, the end token included where it was drawn.</param>
/// <param name="LogProbs">log p of each at temperature 1, before any truncation.</param>
/// <param name="Text">The text, special tokens left out, cut before a stop text.</param>
/// <param name="Stopped">True where an end token or a stop text ended it; false where the token budget or the model's positions did.</param>
public sealed record Generation(IReadOnlyList<int> TokenIds, IReadOnlyList<float> LogProbs, string Text, bool Stopped);
