namespace Plum.Models;

/// <summary>A model whose answers are counted.</summary>
/// <param name="model">The model.</param>
/// <param name="tally">Where they are added up.</param>
public sealed class CountedModel(ILanguageModel model, ModelTally tally) : ILanguageModel, IDisposable
{
    /// <inheritdoc/>
    public int Parallelism => model.Parallelism;

    /// <inheritdoc/>
    public string RenderPrompt(IReadOnlyList<ChatMessage> messages) => model.RenderPrompt(messages);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IReadOnlyList<Completion>>> SampleAsync(IReadOnlyList<SampleRequest> requests, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(requests);
        IReadOnlyList<IReadOnlyList<Completion>> answers = await model.SampleAsync(requests, cancellation).ConfigureAwait(false);
        foreach ((SampleRequest request, IReadOnlyList<Completion> samples) in requests.Zip(answers))
        {
            foreach (Completion sample in samples) tally.Add(sample.Usage ?? TokenUsage.Guess(request.Prompt, sample.Text), 0, sample.Retried, sample.Failure);
        }

        return answers;
    }

    /// <inheritdoc/>
    public void Dispose() => (model as IDisposable)?.Dispose();
}
