using Plum.Models;
using Xunit;

namespace Plum.Tests.Models;

/// <summary>What was answered is on record: replayed, never paid for twice, and within the budget.</summary>
public sealed class RecordedModelTest
{
    private static readonly SamplingOptions Sampling = new(MaxTokens: 64);
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<(IReadOnlyList<IReadOnlyList<Completion>> Answers, ModelFigures Figures)> AskAsync(
        FakeEndpoint server, string file, IEnumerable<string> words, RecordUse? use = null, string model = "m", ulong seed = 1, int parallelism = 4, double temperature = 1)
    {
        using ModelRecord record = await ModelRecord.OpenAsync(file, use ?? new(), Stop);
        using RecordedModel recorded = Open(server, record, model, parallelism);
        IReadOnlyList<IReadOnlyList<Completion>> answers = await recorded.SampleAsync(Requests(recorded, words, seed, temperature), Stop);
        return (answers, record.Figures);
    }

    private static RecordedModel Open(FakeEndpoint server, ModelRecord record, string model = "m", int parallelism = 4) => new(
        new ChatEndpoint(new(server.Url, model, "PLUM_TEST_NO_KEY", Parallelism: parallelism, Retries: 1, RetrySeconds: 0.01), TimeProvider.System), model, record, (1_000_000, 10_000_000), TimeProvider.System);

    private static SampleRequest[] Requests(RecordedModel model, IEnumerable<string> words, ulong seed = 1, double temperature = 1) =>
        [.. words.Select(word => new SampleRequest(model.RenderPrompt([new ChatMessage("user", word)]), new(seed, 0, "test", word), 2, Sampling with { Temperature = temperature }))];

    private static FakeEndpoint Echo() => new(asked => Reply.Answer(asked, $"{asked.Prompt} {asked.Json.GetProperty("seed")}"));

    [Fact]
    public async Task AnAnswerOnRecordIsReplayedAndAChangeAsksForJustWhatItChanges()
    {
        using TemporaryFolder folder = new();
        string file = folder["teacher.jsonl"];
        await using FakeEndpoint server = Echo();
        var first = await AskAsync(server, file, ["a", "b", "c"]);
        byte[] bytes = File.ReadAllBytes(file);
        var second = await AskAsync(server, file, ["a", "b", "c"]);
        Assert.Equal(first.Answers.SelectMany(one => one).Select(one => (one.Text, one.FinishReason, one.Usage)), second.Answers.SelectMany(one => one).Select(one => (one.Text, one.FinishReason, one.Usage)));
        Assert.Equal(bytes, File.ReadAllBytes(file));
        Assert.Equal(6, server.Requests.Count);

        await AskAsync(server, file, ["a", "b", "another c"]);
        Assert.Equal(8, server.Requests.Count);
        await AskAsync(server, file, ["a"], seed: 2);
        await AskAsync(server, file, ["a"], model: "n");
        await AskAsync(server, file, ["a"], temperature: 0.5);
        Assert.Equal(14, server.Requests.Count);
        Assert.All(server.Paid.Values, times => Assert.Equal(1, times));
    }

    [Fact]
    public async Task ATornLineIsAskedAgainAndNothingElse()
    {
        using TemporaryFolder folder = new();
        string file = folder["teacher.jsonl"];
        await using FakeEndpoint server = Echo();
        await AskAsync(server, file, ["a", "b", "c"]);
        using (FileStream torn = new(file, FileMode.Open)) torn.SetLength(torn.Length - 9);
        var again = await AskAsync(server, file, ["a", "b", "c"]);
        Assert.Equal(7, server.Requests.Count);
        Assert.Equal(["a", "a", "b", "b", "c", "c"], again.Answers.SelectMany(one => one).Select(one => one.Text[..1]));
        Assert.Equal(6, File.ReadLines(file).Count());
    }

    [Fact]
    public async Task ReplayOnlyAsksNobodyAndNamesWhatIsLacking()
    {
        using TemporaryFolder folder = new();
        string file = folder["teacher.jsonl"];
        FakeEndpoint server = Echo();
        var before = await AskAsync(server, file, ["a", "b"]);
        await server.DisposeAsync();
        var offline = await AskAsync(server, file, ["b", "a"], new(ReplayOnly: true));
        Assert.Equal(before.Answers.Reverse().SelectMany(one => one).Select(one => one.Text), offline.Answers.SelectMany(one => one).Select(one => one.Text));
        InputException lacking = await Assert.ThrowsAsync<InputException>(() => AskAsync(server, file, ["a", "zz"], new(ReplayOnly: true)));
        Assert.Contains("'zz', test, sample 0", lacking.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InputException>(() => AskAsync(server, folder["none.jsonl"], ["a"], new(ReplayOnly: true)));
        Assert.False(File.Exists(folder["none.jsonl"]));
    }

    [Fact]
    public async Task AFailureIsReplayedUntilItIsToBeAskedAgain()
    {
        using TemporaryFolder folder = new();
        string file = folder["teacher.jsonl"];
        bool well = false;
        await using FakeEndpoint server = new(asked => asked.Prompt == "bad" && !well ? Reply.Status(500) : Reply.Answer(asked, asked.Prompt));
        var first = await AskAsync(server, file, ["good", "bad"]);
        Assert.Equal(["server_error", "server_error"], first.Answers[1].Select(one => one.Failure!.Kind));
        Assert.Equal((4, 2, 2), (first.Figures.Calls, first.Figures.Failures["server_error"], first.Figures.Retried["server_error"]));
        int asked = server.Requests.Count;
        well = true;
        var same = await AskAsync(server, file, ["good", "bad"]);
        Assert.Equal(first.Answers[1].Select(one => one.Failure), same.Answers[1].Select(one => one.Failure));
        Assert.Equal(asked, server.Requests.Count);

        var mended = await AskAsync(server, file, ["good", "bad"], new(AskFailedAgain: true));
        Assert.Equal(["bad", "bad"], mended.Answers[1].Select(one => one.Text));
        Assert.Empty(mended.Figures.Failures);
        var after = await AskAsync(server, file, ["good", "bad"]);
        Assert.Equal(["bad", "bad"], after.Answers[1].Select(one => one.Text));
        Assert.Equal(asked + 2, server.Requests.Count);
    }

    [Theory]
    [InlineData(60, 0)]
    [InlineData(0, 270)]
    public async Task ABudgetStopsCleanlyAndALargerOneGoesOn(long tokens, double money)
    {
        // 18 tokens and 81 in money a call: the fourth reaches either limit.
        using TemporaryFolder folder = new();
        string file = folder["teacher.jsonl"];
        await using FakeEndpoint server = new(asked =>
        {
            Thread.Sleep(20);
            return Reply.Answer(asked, asked.Prompt);
        });
        string[] words = [.. Enumerable.Range(0, 10).Select(i => $"w{i}")];
        using (ModelRecord record = await ModelRecord.OpenAsync(file, new(Budget: new(tokens, money)), Stop))
        {
            using RecordedModel model = Open(server, record, parallelism: 2);
            Task[] chunks = [.. words.Chunk(5).Select(chunk => (Task)model.SampleAsync(Requests(model, chunk), Stop))];
            foreach (Task chunk in chunks)
            {
                ModelStoppedException stopped = await Assert.ThrowsAsync<ModelStoppedException>(() => chunk);
                Assert.Contains("teacher_budget", stopped.Message, StringComparison.Ordinal);
            }

            Assert.InRange(record.Figures.Calls, 4, 5);
        }

        Assert.Equal(server.Requests.Count, File.ReadLines(file).Count());
        Assert.InRange(server.Requests.Count, 4, 5);
        await Assert.ThrowsAsync<ModelStoppedException>(() => AskAsync(server, file, words, new(Budget: new(tokens, money))));
        Assert.InRange(server.Requests.Count, 4, 5);
        var rest = await AskAsync(server, file, words, new(Budget: new(10 * tokens, 10 * money)));
        Assert.Equal(20, server.Requests.Count);
        Assert.All(server.Paid.Values, times => Assert.Equal(1, times));
        Assert.Equal((20, 360, 1620.0), (rest.Figures.Calls, rest.Figures.Tokens, rest.Figures.Cost));
    }

    [Fact]
    public async Task WhatWasUnderWayWhenAnEndpointShutIsKept()
    {
        using TemporaryFolder folder = new();
        string file = folder["teacher.jsonl"];
        await using FakeEndpoint server = new(asked =>
        {
            if (asked.Prompt == "shut") return Reply.Status(401);
            Thread.Sleep(300);
            return Reply.Answer(asked, asked.Prompt);
        });
        using (ModelRecord record = await ModelRecord.OpenAsync(file, new(), Stop))
        {
            using RecordedModel model = Open(server, record, parallelism: 4);
            Task slow = model.SampleAsync(Requests(model, ["slow"]), Stop);
            while (server.Requests.Count < 2) await Task.Delay(5, Stop);
            await Assert.ThrowsAsync<ModelStoppedException>(() => model.SampleAsync(Requests(model, ["shut"]), Stop));
            Assert.True(slow.IsCompletedSuccessfully);
        }

        Assert.Equal(2, File.ReadLines(file).Count());
    }

    [Fact]
    public async Task AModelOfThisMachineIsAskedInOneBatchForWhatIsLacking()
    {
        using TemporaryFolder folder = new();
        string file = folder["teacher.jsonl"];
        BatchModel model = new();
        foreach ((string[] words, int asked) in ((string[], int)[])[(["a", "b"], 2), (["a", "b"], 0), (["b", "c", "a"], 1)])
        {
            using ModelRecord record = await ModelRecord.OpenAsync(file, new(), Stop);
            using RecordedModel recorded = new(model, "local", record, default, TimeProvider.System);
            model.Batches.Clear();
            var answers = await recorded.SampleAsync(Requests(recorded, words), Stop);
            Assert.Equal(words.SelectMany(word => (string[])[$"<{word}> 0", $"<{word}> 1"]), answers.SelectMany(one => one).Select(one => one.Text));
            Assert.Equal(asked > 0 ? [asked] : [], model.Batches);
        }
    }

    [Fact]
    public async Task ALineThatIsNoAnswerIsNamed()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["teacher.jsonl"], """{"request": "xyz", "teacher": "m", "purpose": "p", "subject": "s", "sample": 0, "prompt": "", "text": "", "finish_reason": "stop"}""" + "\n");
        InputException wrong = await Assert.ThrowsAsync<InputException>(() => ModelRecord.OpenAsync(folder["teacher.jsonl"], new(), Stop));
        Assert.Contains("line 1", wrong.Message, StringComparison.Ordinal);
    }

    private sealed class BatchModel : ILanguageModel
    {
        public List<int> Batches { get; } = [];

        public int Parallelism => 1;

        public string RenderPrompt(IReadOnlyList<ChatMessage> messages) => $"<{messages[0].Content}>";

        public Task<IReadOnlyList<IReadOnlyList<Completion>>> SampleAsync(IReadOnlyList<SampleRequest> requests, CancellationToken cancellation)
        {
            Batches.Add(requests.Count);
            return Task.FromResult<IReadOnlyList<IReadOnlyList<Completion>>>(
                [.. requests.Select(request => Enumerable.Range(0, request.Count).Select(i => new Completion($"{request.Prompt} {i}", [1], [-1], "stop")).ToArray())]);
        }
    }
}
