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

    private static async Task<(string[] Texts, ModelFigures Figures)> AskForJsonAsync(FakeEndpoint server, string file, EndpointOptions how, string[] words, RecordUse? use = null)
    {
        using ModelRecord record = await ModelRecord.OpenAsync(file, use ?? new(), Stop);
        using RecordedModel model = new(new ChatEndpoint(how with { Url = server.Url }, TimeProvider.System), how.Model, record, (1_000_000, 10_000_000), TimeProvider.System);
        SampleRequest[] requests = [.. Requests(model, words).Select(one => one with { Structured = new(model.RenderPrompt([new ChatMessage("user", "JSON " + one.Key.Subject)]), "form", """{"type": "object"}""") })];
        return ([.. (await model.SampleAsync(requests, Stop)).SelectMany(one => one).Select(one => one.Text)], record.Figures);
    }

    private static readonly EndpointOptions Auto = new("", "m", "PLUM_TEST_NO_KEY", Parallelism: 1, Retries: 1, RetrySeconds: 0.01);

    [Fact]
    public async Task ARefusedFormIsCountedOnRecordAndNotAskedForAgain()
    {
        using TemporaryFolder folder = new();
        string file = folder["teacher.jsonl"];
        await using FakeEndpoint server = new(asked => asked.Structured ? Reply.Status(400) : Reply.Answer(asked, $"{asked.Prompt} {asked.Json.GetProperty("seed")}"));
        var first = await AskForJsonAsync(server, file, Auto, ["a", "b"]);
        Assert.Equal((4, 1L), (server.Requests.Count(asked => !asked.Structured), first.Figures.Retried["format_refused"]));
        Assert.Equal(5, server.Requests.Count);
        // Another start knows it from the record; what was answered in plain text is there for whoever asks so.
        var second = await AskForJsonAsync(server, file, Auto, ["a", "b", "c"]);
        var off = await AskForJsonAsync(server, file, Auto with { Structured = "off" }, ["a", "b", "c"]);
        var offline = await AskForJsonAsync(server, file, Auto, ["c", "a"], new(ReplayOnly: true));
        Assert.Equal(7, server.Requests.Count);
        Assert.Equal(first.Texts, second.Texts[..4]);
        Assert.Equal(second.Texts, off.Texts);
        Assert.Equal([.. second.Texts[4..], .. second.Texts[..2]], offline.Texts);
        Assert.All(server.Paid.Values, times => Assert.Equal(1, times));
    }

    [Fact]
    public async Task AnAnswerOfAFormIsAnotherThanOneInPlainText()
    {
        using TemporaryFolder folder = new();
        string file = folder["teacher.jsonl"];
        await using FakeEndpoint server = new(asked => Reply.Answer(asked, $"{asked.Prompt} {asked.Structured}"));
        Assert.Equal(["JSON a True", "JSON a True"], (await AskForJsonAsync(server, file, Auto, ["a"])).Texts);
        Assert.Equal(["JSON a True", "JSON a True"], (await AskForJsonAsync(server, file, Auto with { Structured = "on" }, ["a"], new(ReplayOnly: true))).Texts);
        Assert.Equal(["a False", "a False"], (await AskForJsonAsync(server, file, Auto with { Structured = "off" }, ["a"])).Texts);
        Assert.Equal(["JSON a True", "JSON a True"], (await AskForJsonAsync(server, file, Auto, ["a"], new(ReplayOnly: true))).Texts);
        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(["form", "form"], (await Plum.Text.JsonLines.ReadAllAsync<RecordedAnswer>(file)).Select(line => line.Format).OfType<string>());
    }

    [Fact]
    public async Task EachChoiceOfACallIsOnRecord()
    {
        using TemporaryFolder folder = new();
        string file = folder["teacher.jsonl"];
        await using FakeEndpoint server = new(asked => Reply.Choices(asked, [.. Enumerable.Range(0, asked.N).Select(i => $"{asked.Prompt} {i}")], 10));
        EndpointOptions several = Auto with { N = 8 };
        var first = await AskForJsonAsync(server, file, several, ["a", "b"]);
        Assert.Equal(["JSON a 0", "JSON a 1", "JSON b 0", "JSON b 1"], first.Texts);
        // Two calls of 11 + 10 tokens: the prompt of a call is paid once.
        Assert.Equal((2, 4L, 42L, 2 * 111.0), (server.Requests.Count, first.Figures.Calls, first.Figures.Tokens, first.Figures.Cost));
        Assert.Equal(first.Texts, (await AskForJsonAsync(server, file, several, ["a", "b"], new(ReplayOnly: true))).Texts);
        Assert.Equal(first.Texts, (await AskForJsonAsync(server, file, Auto, ["a", "b"])).Texts);

        string[] lines = File.ReadAllLines(file);
        File.WriteAllLines(file, lines[..^1]);
        Assert.Equal(4, (await AskForJsonAsync(server, file, several, ["a", "b"])).Figures.Calls);
        Assert.Equal([2, 2, 1], server.Requests.Select(asked => asked.N));
    }

    [Fact]
    public async Task AnEndpointThatGivesOneChoiceIsPaidForEachSampleOnce()
    {
        using TemporaryFolder folder = new();
        string file = folder["teacher.jsonl"];
        await using FakeEndpoint server = Echo(), alone = Echo();
        string[] words = [.. Enumerable.Range(0, 6).Select(i => $"w{i}")];
        var ignored = await AskForJsonAsync(server, file, Auto with { N = 4, Structured = "off" }, words);
        var single = await AskForJsonAsync(alone, folder["alone.jsonl"], Auto with { Structured = "off" }, words);
        Assert.Equal(single.Texts, ignored.Texts);
        Assert.Equal((12, 12L, single.Figures.Cost), (server.Requests.Count, ignored.Figures.Calls, ignored.Figures.Cost));
        Assert.Equal(12, File.ReadLines(file).Count());
    }

    [Fact]
    public async Task ABudgetEndsBetweenCallsOfSeveralChoices()
    {
        using TemporaryFolder folder = new();
        await using FakeEndpoint server = new(asked => Reply.Choices(asked, [.. Enumerable.Range(0, asked.N).Select(i => $"{asked.Prompt} {i}")], 10));
        string[] words = [.. Enumerable.Range(0, 6).Select(i => $"w{i}")];
        await Assert.ThrowsAsync<ModelStoppedException>(() => AskForJsonAsync(server, folder["teacher.jsonl"], Auto with { N = 2 }, words, new(Budget: new(Tokens: 50))));
        Assert.Equal((3, 6), (server.Requests.Count, File.ReadLines(folder["teacher.jsonl"]).Count()));
        await AskForJsonAsync(server, folder["teacher.jsonl"], Auto with { N = 2 }, words, new(Budget: new(Tokens: 5000)));
        Assert.Equal(6, server.Requests.Count);
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
