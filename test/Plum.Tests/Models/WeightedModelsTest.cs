using Plum.Models;
using Xunit;

namespace Plum.Tests.Models;

/// <summary>Which of several models answers follows from the request's key and the weights, and from nothing else.</summary>
public sealed class WeightedModelsTest
{
    private static SampleRequest[] Requests(WeightedModels model, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new SampleRequest(model.RenderPrompt([new ChatMessage("system", "s"), new ChatMessage("user", $"{i}")]), new(7, 0, "references", $"i-{i}"), 1, new()))];

    private static WeightedModels Three() => new([new("a", new Named("a"), 1), new("b", new Named("b"), 2), new("c", new Named("c"), 5)]);

    private static async Task<string[]> TextsAsync(WeightedModels models, SampleRequest[] requests) =>
        [.. (await models.SampleAsync(requests, TestContext.Current.CancellationToken)).Select(one => one[0].Text)];

    [Fact]
    public async Task SharesFollowTheWeights()
    {
        using WeightedModels models = Three();
        string[] texts = await TextsAsync(models, Requests(models, 4000));
        Assert.Equal(Enumerable.Range(0, 4000).Select(i => $"s|{i}"), texts.Select(text => text[1..]));
        foreach ((char name, double share) in ((char, double)[])[('a', 1 / 8.0), ('b', 2 / 8.0), ('c', 5 / 8.0)])
            Assert.Equal(share, texts.Count(text => text[0] == name) / 4000.0, 0.03);
    }

    [Fact]
    public async Task NeitherOrderNorCompanyMatters()
    {
        using WeightedModels models = Three();
        SampleRequest[] requests = Requests(models, 50);
        string[] together = await TextsAsync(models, requests), reversed = await TextsAsync(models, [.. requests.Reverse()]);
        Assert.Equal(together, reversed.Reverse());
        for (int i = 0; i < 50; i += 7) Assert.Equal([together[i]], await TextsAsync(models, [requests[i]]));
    }

    [Fact]
    public async Task ARequestsSamplesAreSharedOutByTheWeights()
    {
        using WeightedModels models = Three();
        SampleRequest[] requests = [.. Requests(models, 40).Select(request => request with { Count = 8 })];
        IReadOnlyList<IReadOnlyList<Completion>> answers = await models.SampleAsync(requests, TestContext.Current.CancellationToken);
        Assert.All(answers, samples => Assert.Equal([("a", 1), ("b", 2), ("c", 5)], samples.CountBy(sample => sample.Author!).Select(one => (one.Key, one.Value)).Order()));
        Assert.All(answers.Index(), one => Assert.All(one.Item, sample => Assert.Equal($"{sample.Author}s|{one.Index}", sample.Text.Split(' ')[0])));
        // Who comes first is drawn, and each model numbers its own samples.
        Assert.Equal(3, answers.Select(samples => samples[0].Author).Distinct().Count());
        Assert.All(answers, samples => Assert.Equal(["0", "1", "2", "3", "4"], samples.Where(sample => sample.Author == "c").Select(sample => sample.Text.Split(' ')[1])));
    }

    [Fact]
    public async Task ServersOfOneModelShareRequestsNotSamples()
    {
        using WeightedModels models = new([new("m", new Named("x"), 1), new("m", new Named("y"), 1)]);
        SampleRequest[] requests = [.. Requests(models, 30).Select(request => request with { Count = 4 })];
        IReadOnlyList<IReadOnlyList<Completion>> answers = await models.SampleAsync(requests, TestContext.Current.CancellationToken);
        Assert.All(answers, samples => Assert.Single(samples.Select(sample => sample.Text[0]).Distinct()));
        Assert.Equal(2, answers.Select(samples => samples[0].Text[0]).Distinct().Count());
    }

    private sealed class Named(string name) : ILanguageModel
    {
        public int Parallelism => 1;

        public string RenderPrompt(IReadOnlyList<ChatMessage> messages) => name + string.Join('|', messages.Select(message => message.Content));

        public Task<IReadOnlyList<IReadOnlyList<Completion>>> SampleAsync(IReadOnlyList<SampleRequest> requests, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<IReadOnlyList<Completion>>>([.. requests.Select(request => Enumerable.Range(0, request.Count).Select(i => new Completion(request.Count > 1 ? $"{request.Prompt} {i}" : request.Prompt, [], [], "stop")).ToArray())]);
    }
}
