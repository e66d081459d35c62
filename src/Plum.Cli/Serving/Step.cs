using Plum.Torch.Decoding;

namespace Plum.Cli.Serving;

/// <summary>A token of one of a request's answers.</summary>
/// <param name="Choice">Which answer: the samples of the first prompt, then those of the second...</param>
/// <param name="Token">The token.</param>
internal readonly record struct Step(int Choice, DrawnToken Token)
{
    /// <summary>Why the answer ends here, as OpenAI's API says it; null where it goes on.</summary>
    public string? FinishReason => Token.Finished is { } whole ? whole.Stopped ? "stop" : "length" : null;
}
