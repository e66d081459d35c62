namespace Plum.Models;

/// <summary>
/// Several models as one. Which of them answers a request follows from the request's key and the weights alone; all samples of
/// a request come from one model.
/// </summary>
public sealed class WeightedModels : ILanguageModel, IDisposable
{
    private readonly IReadOnlyList<(ILanguageModel Model, double Weight)> members;
    private readonly double total;

    /// <summary>Puts models together.</summary>
    /// <param name="members">The models, and how often each is asked relative to the others; above 0.</param>
    public WeightedModels(IReadOnlyList<(ILanguageModel Model, double Weight)> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentOutOfRangeException.ThrowIfZero(members.Count);
        this.members = members;
        total = members.Sum(member => member.Weight);
    }

    /// <inheritdoc/>
    public int Parallelism => members.Sum(member => member.Model.Parallelism);

    /// <summary>The messages as a JSON text: each model renders those that it is asked.</summary>
    /// <param name="messages">The conversation.</param>
    public string RenderPrompt(IReadOnlyList<ChatMessage> messages) => ConversationText.Write(messages);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IReadOnlyList<Completion>>> SampleAsync(IReadOnlyList<SampleRequest> requests, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(requests);
        IReadOnlyList<Completion>[] answers = new IReadOnlyList<Completion>[requests.Count];
        await Task.WhenAll(Enumerable.Range(0, requests.Count).GroupBy(at => Drawn(requests[at].Key)).Select(AskAsync)).ConfigureAwait(false);
        return answers;

        async Task AskAsync(IGrouping<ILanguageModel, int> own)
        {
            int[] places = [.. own];
            IReadOnlyList<IReadOnlyList<Completion>> given = await own.Key.SampleAsync(
                [.. places.Select(at => requests[at] with { Prompt = own.Key.RenderPrompt(ConversationText.Read(requests[at].Prompt)) })], cancellation).ConfigureAwait(false);
            foreach ((int at, IReadOnlyList<Completion> samples) in places.Zip(given)) answers[at] = samples;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((ILanguageModel model, _) in members) (model as IDisposable)?.Dispose();
    }

    private ILanguageModel Drawn(DrawKey key)
    {
        double left = (key with { Purpose = $"teacher of {key.Purpose}" }).Open().NextDouble() * total;
        foreach ((ILanguageModel model, double weight) in members)
        {
            if ((left -= weight) < 0) return model;
        }

        return members[^1].Model;
    }
}
