using System.ClientModel.Primitives;

namespace Plum.Models;

/// <summary>Looks at a good answer's content type: a page of a proxy, or a whole answer where a stream was asked for, would else read as nothing at all.</summary>
/// <param name="stream">Whether answers are streamed.</param>
internal sealed class AnswerTypePolicy(bool stream) : PipelinePolicy
{
    /// <inheritdoc/>
    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        ProcessNext(message, pipeline, currentIndex);
        Check(message.Response);
    }

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        await ProcessNextAsync(message, pipeline, currentIndex).ConfigureAwait(false);
        Check(message.Response);
    }

    private void Check(PipelineResponse? response)
    {
        if (response is not { Status: >= 200 and < 300 }) return;
        string type = response.Headers.TryGetValue("Content-Type", out string? told) ? told!.Split(';')[0].Trim() : "nothing";
        string wanted = stream ? "text/event-stream" : "application/json";
        if (string.Equals(type, wanted, StringComparison.OrdinalIgnoreCase)) return;
        string remedy = stream && type == "application/json" ? ": set stream to false for this endpoint" : "";
        throw new EndpointException(new("malformed", $"the answer is {type} and not {wanted}{remedy}"));
    }
}
