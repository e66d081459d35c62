namespace Plum.Models;

/// <summary>
/// Several models as one. Which of them gives a sample follows from the request's key, the sample's number and the weights alone. A
/// request's samples are shared out as evenly as the weights allow, from a place that is drawn: so where there are samples enough each
/// model has a say on each request, and one that errs is contradicted by one that errs otherwise.
/// </summary>
public sealed class WeightedModels : ILanguageModel, IDisposable
{
    private readonly IReadOnlyList<WeightedModel> members;

    /// <summary>Puts models together.</summary>
    /// <param name="members">The models.</param>
    public WeightedModels(IReadOnlyList<WeightedModel> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentOutOfRangeException.ThrowIfZero(members.Count);
        this.members = members;
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
        Completion[][] answers = [.. requests.Select(request => new Completion[request.Count])];
        WeightedModel[][] drawn = [.. requests.Select(request => Enumerable.Range(0, request.Count).Select(sample => Drawn(request, sample)).ToArray())];
        await Task.WhenAll(members.Select(AskAsync)).ConfigureAwait(false);
        return answers;

        async Task AskAsync(WeightedModel member)
        {
            (int At, int[] Samples)[] own =
            [
                .. drawn.Index()
                    .Select(request => (request.Index, Samples: request.Item.Index().Where(sample => sample.Item == member).Select(sample => sample.Index).ToArray()))
                    .Where(one => one.Samples.Length > 0),
            ];
            if (own.Length == 0) return;
            IReadOnlyList<IReadOnlyList<Completion>> given = await member.Model.SampleAsync(
                [.. own.Select(one => For(member.Model, requests[one.At], one.Samples.Length))], cancellation).ConfigureAwait(false);
            foreach (((int at, int[] samples), IReadOnlyList<Completion> completions) in own.Zip(given))
            {
                foreach ((int sample, Completion completion) in samples.Zip(completions)) answers[at][sample] = completion with { Author = member.Name };
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (WeightedModel member in members) (member.Model as IDisposable)?.Dispose();
    }

    private static SampleRequest For(ILanguageModel model, SampleRequest request, int count) => request with
    {
        Count = count,
        Prompt = model.RenderPrompt(ConversationText.Read(request.Prompt)),
        Structured = request.Structured is { } form ? form with { Prompt = model.RenderPrompt(ConversationText.Read(form.Prompt)) } : null,
    };

    // Two servers of one name are one model: of a request one of them is asked, so that its samples are numbered through.
    private WeightedModel Drawn(SampleRequest request, int sample)
    {
        double start = (request.Key with { Purpose = $"teacher of {request.Key.Purpose}" }).Open().NextDouble();
        WeightedModel drawn = At(members, (start + (double)sample / request.Count) % 1);
        WeightedModel[] servers = [.. members.Where(member => member.Name == drawn.Name)];
        return servers.Length == 1 ? drawn : At(servers, (request.Key with { Purpose = $"server of {request.Key.Purpose}" }).Open().NextDouble());
    }

    private static WeightedModel At(IReadOnlyList<WeightedModel> among, double share)
    {
        double left = share * among.Sum(member => member.Weight);
        foreach (WeightedModel member in among)
        {
            if ((left -= member.Weight) < 0) return member;
        }

        return among[^1];
    }
}

/// <summary>One of several models.</summary>
/// <param name="Name">What its answers say that they are of; members of one name are servers of one model.</param>
/// <param name="Model">The model.</param>
/// <param name="Weight">How often it is asked, relative to the others; above 0.</param>
public sealed record WeightedModel(string Name, ILanguageModel Model, double Weight);
