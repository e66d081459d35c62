using Plum.Candidates;
using Plum.Models;
using Xunit;

namespace Plum.Tests.Candidates;

public sealed class SamplerTest
{
    private static readonly Instruction[] Instructions =
        [.. Enumerable.Range(0, 10).Select(at => new Instruction($"t{at}", $"task {at}", "solve"))];

    private static readonly DrawKey Key = new(7, 2, "candidates");

    // Its answers depend on the key, as they should, and on what they were batched with, as a GPU's last bits do.
    private sealed class BatchSensitiveModel(int parallelism) : ILanguageModel
    {
        private readonly Lock gate = new();

        public List<SampleRequest> Asked { get; } = [];

        public int Parallelism => parallelism;

        public string RenderPrompt(IReadOnlyList<ChatMessage> messages) =>
            string.Concat(messages.Select(message => $"<|{message.Role}|>{message.Content}"));

        public async Task<IReadOnlyList<IReadOnlyList<Completion>>> SampleAsync(IReadOnlyList<SampleRequest> requests, CancellationToken cancellation)
        {
            lock (gate) Asked.AddRange(requests);
            string batch = string.Join('+', requests.Select(request => request.Key.Subject));
            await Task.Delay(batch.Length % 5, cancellation);
            return [.. requests.Select(request => Enumerable.Range(0, request.Count).Select(sample =>
                new Completion($"```python\nsolve = {request.Key.StreamSeed(sample)}\n```\n{batch}", [1, sample], [-1f, -2f], "stop")).ToArray())];
        }
    }

    private static async Task<List<Candidate>> Sample(ILanguageModel model, int done = 0, SamplerOptions? options = null)
    {
        List<Candidate> candidates = [];
        await foreach (Candidate candidate in new Sampler(model, options ?? new(Samples: 3, ChunkInstructions: 4)).SampleAsync(Instructions, Key, 5, done))
            candidates.Add(candidate);
        return candidates;
    }

    [Fact]
    public async Task EveryInstructionGivesItsSamplesInOrder()
    {
        List<Candidate> candidates = await Sample(new BatchSensitiveModel(3));
        Assert.Equal(
            from instruction in Instructions from sample in Enumerable.Range(0, 3) select (instruction.Id, sample),
            candidates.Select(candidate => (candidate.TaskId, candidate.Sample)));
        Candidate last = candidates[^1];
        Assert.Equal($"solve = {new DrawKey(7, 2, "candidates", "t9").StreamSeed(2)}", last.Program);
        Assert.StartsWith("```python", last.Completion);
        Assert.Equal([1, 2], last.TokenIds);
        Assert.Equal((5, 7UL, "stop"), (last.PolicyVersion, last.Seed, last.FinishReason));
    }

    [Fact]
    public async Task AnyRestartContinuesWithTheSameCandidates()
    {
        List<Candidate> whole = await Sample(new BatchSensitiveModel(1));
        Sampler sampler = new(new BatchSensitiveModel(1), new(Samples: 3));
        for (int lines = 0; lines <= whole.Count; lines++)
        {
            int done = sampler.WholeInstructions(lines);
            BatchSensitiveModel model = new(2);
            List<Candidate> rest = await Sample(model, done);
            Assert.Equal(whole.Skip(done * 3).Select(candidate => candidate.Completion), rest.Select(candidate => candidate.Completion));
            // Nothing is sampled again but the chunk that was cut.
            Assert.Equal(done == 10 ? 0 : 10 - (done / 4 * 4), model.Asked.Count);
        }
    }

    [Fact]
    public async Task ThePromptIsTheTemplatesAsTheModelRendersIt()
    {
        BatchSensitiveModel model = new(1);
        SamplerOptions options = new(1, Prompt: new("p", "{entry_point}: {instruction}", "instruction", "entry_point"), Sampling: new(Temperature: 0.5));
        await Sample(model, options: options);
        Assert.Equal("<|user|>solve: task 0", model.Asked[0].Prompt);
        Assert.Equal(0.5, model.Asked[0].Sampling.Temperature);
        Assert.Equal(model.Asked[0].Prompt, new Sampler(model, options).PromptOf(Instructions[0]));
        Assert.Equal("<|user|>task 0", new Sampler(model, new()).PromptOf(Instructions[0]));
    }
}
