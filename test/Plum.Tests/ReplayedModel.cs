using Plum.Models;
using Plum.Text;

namespace Plum.Tests;

/// <summary>A model whose answers stand in a file, by what they are asked for and about whom; sample i is text i.</summary>
internal sealed class ReplayedModel(IEnumerable<ReplayedModel.Answer> answers) : ILanguageModel
{
    private readonly Dictionary<(string, string), IReadOnlyList<string>> texts = answers.ToDictionary(answer => (answer.Purpose, answer.Subject), answer => answer.Texts);

    public List<SampleRequest> Asked { get; } = [];

    public int Parallelism => 1;

    public static async Task<ReplayedModel> ReadAsync(string path) => new(await JsonLines.ReadAllAsync<Answer>(path));

    public string RenderPrompt(IReadOnlyList<ChatMessage> messages) => $"<|user|>{messages[^1].Content}<|assistant|>";

    public Task<IReadOnlyList<IReadOnlyList<Completion>>> SampleAsync(IReadOnlyList<SampleRequest> requests, CancellationToken cancellation)
    {
        Asked.AddRange(requests);
        return Task.FromResult<IReadOnlyList<IReadOnlyList<Completion>>>(
            [.. requests.Select(request => texts[(request.Key.Purpose, request.Key.Subject)].Take(request.Count).Select(text => new Completion(text, [], [], "stop")).ToArray())]);
    }

    internal sealed record Answer(string Purpose, string Subject, IReadOnlyList<string> Texts);
}
