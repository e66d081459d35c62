using Plum.Torch.Decoding;

namespace Plum.Cli.Serving;

/// <summary>A body turned into work.</summary>
/// <param name="Requests">What the model is asked, one for each prompt.</param>
/// <param name="Form">How the answers are spelled.</param>
/// <param name="Stream">Whether the answers are sent as they come.</param>
/// <param name="TellUsage">Whether a stream ends with the number of tokens.</param>
internal sealed record Order(IReadOnlyList<GenerationRequest> Requests, AnswerForm Form, bool Stream, bool TellUsage)
{
    public int Choices { get; } = Requests.Sum(request => request.Count);

    public int PromptTokens { get; } = Requests.Sum(request => request.Prompt.Length);

    public IReadOnlyList<string> Stops => Requests[0].Sampling.Stop ?? [];
}
