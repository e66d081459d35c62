using Plum.Models;
using Xunit;

namespace Plum.Tests.Models;

/// <summary>An endpoint over real HTTP, well-behaved and not.</summary>
public sealed class ChatEndpointTest
{
    private static readonly SamplingOptions Sampling = new(Temperature: 0.5, MaxTokens: 64, Stop: ["END"]);

    private static EndpointOptions At(FakeEndpoint server) => new(server.Url, "m", "PLUM_TEST_NO_KEY", RetrySeconds: 0.01, Retries: 3, TimeoutSeconds: 20);

    private static SampleRequest Ask(ChatEndpoint model, string subject, int count = 1, SamplingOptions? sampling = null) =>
        new(model.RenderPrompt([new ChatMessage("user", $"Say {subject}.")]), new(1, 0, "test", subject), count, sampling ?? Sampling);

    private static async Task<Completion> OneAsync(Func<Asked, Reply> answer, Func<EndpointOptions, EndpointOptions>? change = null)
    {
        await using FakeEndpoint server = new(answer);
        using ChatEndpoint model = new((change ?? (o => o))(At(server)), TimeProvider.System);
        return (await model.SampleAsync([Ask(model, "a")], TestContext.Current.CancellationToken))[0][0];
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SamplesComeInOrderEachWithASeedOfItsOwn(bool stream)
    {
        await using FakeEndpoint server = new(asked => Reply.Answer(asked, $"{asked.Prompt} {asked.Json.GetProperty("seed").GetInt64()}", tokens: 9));
        using ChatEndpoint model = new(At(server) with { Stream = stream }, TimeProvider.System);
        SampleRequest a = Ask(model, "ä", 3), b = Ask(model, "b", 2);
        IReadOnlyList<IReadOnlyList<Completion>> answers = await model.SampleAsync([a, b], TestContext.Current.CancellationToken);

        Assert.Equal([.. Enumerable.Range(0, 3).Select(i => $"Say ä. {a.Key.StreamSeed(i) >> 33}")], answers[0].Select(one => one.Text));
        Assert.Equal([.. Enumerable.Range(0, 2).Select(i => $"Say b. {b.Key.StreamSeed(i) >> 33}")], answers[1].Select(one => one.Text));
        Assert.All(answers.SelectMany(one => one), one => Assert.Equal((new TokenUsage(11, 9), "stop", null, null), (one.Usage!, one.FinishReason, one.Failure, one.Retried)));
    }

    [Fact]
    public async Task WhatIsAskedForIsWhatIsSent()
    {
        await using FakeEndpoint server = new(asked => Reply.Answer(asked, "yes"));
        using ChatEndpoint model = new(At(server), TimeProvider.System);
        await model.SampleAsync([Ask(model, "a", sampling: new(0.25, 77, TopK: 5, TopP: 0.5, MinP: 0.125, RepetitionPenalty: 1.5, Stop: ["X"]))], TestContext.Current.CancellationToken);
        await model.SampleAsync([Ask(model, "b", sampling: new(MaxTokens: 3))], TestContext.Current.CancellationToken);

        Asked[] sent = [.. server.Requests];
        Assert.Equal("m", sent[0].Json.GetProperty("model").GetString());
        Assert.Equal((0.25, 77, 5, 0.5, 0.125, 1.5), (
            sent[0].Json.GetProperty("temperature").GetDouble(), sent[0].Json.GetProperty("max_tokens").GetInt32(), sent[0].Json.GetProperty("top_k").GetInt32(),
            sent[0].Json.GetProperty("top_p").GetDouble(), sent[0].Json.GetProperty("min_p").GetDouble(), sent[0].Json.GetProperty("repetition_penalty").GetDouble()));
        Assert.Equal("X", sent[0].Json.GetProperty("stop")[0].GetString());
        Assert.True(sent[0].Json.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
        Assert.All((string[])["top_k", "top_p", "min_p", "repetition_penalty", "stop", "max_completion_tokens"], key => Assert.False(sent[1].Json.TryGetProperty(key, out _), key));
    }

    [Fact]
    public async Task TheKeyComesFromTheEnvironmentAndShowsInNoMessage()
    {
        const string Key = "sk-plum-test-0123456789";
        Environment.SetEnvironmentVariable("PLUM_TEST_KEY", Key);
        string body = "{\"error\": {\"message\": \"" + new string('x', 290) + $" {Key} is wrong\"}}}}";
        await using FakeEndpoint server = new(asked => Reply.Status(asked.Prompt == "Say a." ? 400 : 401, body));
        using ChatEndpoint model = new(At(server) with { KeyVariable = "PLUM_TEST_KEY" }, TimeProvider.System);
        Completion refused = (await model.SampleAsync([Ask(model, "a")], TestContext.Current.CancellationToken))[0][0];
        Exception thrown = await Assert.ThrowsAsync<ModelStoppedException>(() => model.SampleAsync([Ask(model, "b")], TestContext.Current.CancellationToken));

        Assert.All(server.Requests, asked => Assert.Equal($"Bearer {Key}", asked.Headers["Authorization"]));
        Assert.DoesNotContain("sk-plum", refused.Failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-plum", thrown.ToString(), StringComparison.Ordinal);
        Assert.Contains("PLUM_TEST_KEY", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rate_limited")]
    [InlineData("server_error")]
    [InlineData("timed_out")]
    [InlineData("cut_off")]
    [InlineData("broken")]
    [InlineData("malformed")]
    [InlineData("json")]
    [InlineData("empty")]
    public async Task AFailureIsMendedByAskingAgainOrTold(string kind)
    {
        Reply Bad(Asked asked) => kind switch
        {
            "rate_limited" => Reply.Status(429),
            "server_error" => Reply.Status(500, "oops", type: "text/plain"),
            "timed_out" => Reply.Never,
            "cut_off" => Reply.HalfClosed("half an answ"),
            "broken" => Reply.Broken("half an answ"),
            "malformed" => Reply.Status(200, "<html>Sign in</html>", type: "text/html"),
            "json" => Reply.Status(200, Reply.Events(["""{"choices": [{"delta": 3}]}"""]), type: "text/event-stream"),
            _ => Reply.Status(200, Reply.Events(["""{"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": []}"""]) + "data: [DONE]\n\n", type: "text/event-stream"),
        };
        string told = kind switch { "broken" => "cut_off", "json" => "malformed", _ => kind };
        Func<EndpointOptions, EndpointOptions> quick = o => o with { TimeoutSeconds = kind == "timed_out" ? 0.3 : 20 };

        Completion mended = await OneAsync(asked => asked.Number <= 2 ? Bad(asked) : Reply.Answer(asked, "yes"), o => quick(o) with { Retries = 8 });
        Completion lost = await OneAsync(Bad, o => quick(o) with { Retries = 1 });

        Assert.Equal("yes", mended.Text);
        Assert.All(mended.Retried!, one => Assert.Equal(told, one));
        Assert.True(mended.Retried!.Count >= 2);
        Assert.Equal((told, "failed", ""), (lost.Failure!.Kind, lost.FinishReason, lost.Text));
        Assert.Equal([told], lost.Retried);
    }

    [Theory]
    [InlineData("""{"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": []}""")]
    [InlineData("""{"hello": "world"}""")]
    [InlineData("""[1, 2]""")]
    [InlineData("")]
    public async Task AWholeAnswerOfTheWrongFormIsAFailure(string body)
    {
        Completion lost = await OneAsync(_ => Reply.Status(200, body), o => o with { Stream = false, Retries = 0 });
        Assert.Contains(lost.Failure!.Kind, (string[])["malformed", "empty"]);
    }

    [Fact]
    public async Task ARefusedPromptIsNotAskedAgain()
    {
        int asked = 0;
        Completion lost = await OneAsync(_ => { asked++; return Reply.Status(400, """{"error": {"message": "the prompt is too long"}}"""); });
        Assert.Equal(("refused", "HTTP 400: the prompt is too long", 1), (lost.Failure!.Kind, lost.Failure.Message, asked));
    }

    [Fact]
    public async Task RetryAfterIsHonouredAsSecondsAndAsADate()
    {
        foreach (Func<string> after in (Func<string>[])[() => "1", () => DateTimeOffset.UtcNow.AddSeconds(3).ToString("R")])
        {
            List<long> times = [];
            await OneAsync(asked =>
            {
                times.Add(TimeProvider.System.GetTimestamp());
                return asked.Number == 1 ? Reply.Status(429, headers: $"Retry-After: {after()}\r\n") : Reply.Answer(asked, "yes");
            });
            Assert.Equal(2, times.Count);
            Assert.True(TimeProvider.System.GetElapsedTime(times[0], times[1]).TotalSeconds >= 0.99);
        }
    }

    [Fact]
    public async Task AServerThatAsksToComeBackTomorrowIsNotWaitedFor()
    {
        Completion lost = await OneAsync(_ => Reply.Status(429, headers: "Retry-After: 86400\r\n"));
        Assert.Equal("rate_limited", lost.Failure!.Kind);
    }

    [Fact]
    public async Task ARamblingIsCutWhereNoTokensCouldBeSoLong()
    {
        string words = string.Concat(Enumerable.Repeat("word ", 10_000));
        Completion cut = await OneAsync(asked => Reply.Status(200, Reply.Events(Enumerable.Repeat(Reply.Delta(words[..500]), 100)), type: "text/event-stream"));
        Completion whole = await OneAsync(asked => Reply.Answer(asked, words, "length", 10_000), o => o with { Stream = false });
        Assert.Equal(("length", null), (cut.FinishReason, cut.Failure));
        Assert.InRange(cut.Text.Length, 64 * 32, 64 * 32 + 500);
        Assert.Equal(("length", words.Length, 10_000L), (whole.FinishReason, whole.Text.Length, whole.Usage!.Completion));
    }

    [Fact]
    public async Task AnEndpointThatIsNotThereEndsTheWork()
    {
        FakeEndpoint gone = new(_ => Reply.Never);
        EndpointOptions options = At(gone);
        await gone.DisposeAsync();
        using ChatEndpoint model = new(options, TimeProvider.System);
        ModelStoppedException stopped = await Assert.ThrowsAsync<ModelStoppedException>(() => model.SampleAsync([Ask(model, "a", 4)], TestContext.Current.CancellationToken));
        Assert.Contains("start it", stopped.Message, StringComparison.Ordinal);
        Assert.Contains(options.Url, stopped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEndpointThatAnswersNobodyEndsTheWorkAndOneThatAnswersSomeDoesNot()
    {
        await using FakeEndpoint none = new(_ => Reply.Status(503)), some = new(asked => asked.Prompt is "Say 7." ? Reply.Answer(asked, "7") : Reply.Status(500));
        using ChatEndpoint nobody = new(At(none) with { Retries = 0, Parallelism = 1 }, TimeProvider.System), few = new(At(some) with { Retries = 0, Parallelism = 1 }, TimeProvider.System);
        SampleRequest[] Requests(ChatEndpoint model, int count) => [.. Enumerable.Range(0, count).Select(i => Ask(model, $"{i}"))];

        await Assert.ThrowsAsync<ModelStoppedException>(() => nobody.SampleAsync(Requests(nobody, 40), TestContext.Current.CancellationToken));
        IReadOnlyList<IReadOnlyList<Completion>> answers = await few.SampleAsync(Requests(few, 26), TestContext.Current.CancellationToken);

        Assert.Equal(20, none.Requests.Count);
        Assert.Equal(25, answers.Count(one => one[0].Failure is { Kind: "server_error" }));
    }

    [Fact]
    public async Task NoMoreCallsAreUnderWayThanAllowed()
    {
        int now = 0, most = 0;
        await using FakeEndpoint server = new(asked =>
        {
            int here = Interlocked.Increment(ref now);
            InterlockedMax(ref most, here);
            Thread.Sleep(20);
            Interlocked.Decrement(ref now);
            return Reply.Answer(asked, "yes");
        });
        using ChatEndpoint model = new(At(server) with { Parallelism = 3 }, TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => model.SampleAsync([Ask(model, $"{i}", 5)], TestContext.Current.CancellationToken)));
        Assert.Equal(20, server.Requests.Count);
        Assert.InRange(most, 1, 3);
    }

    private static SampleRequest AskForJson(ChatEndpoint model, string subject, int count = 1) => Ask(model, subject, count) with
    {
        Structured = new(model.RenderPrompt([new ChatMessage("user", $"Say {subject} in JSON.")]), "said", """{"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"], "additionalProperties": false}"""),
    };

    [Fact]
    public async Task AFormIsAskedForAndLeftOnceItIsRefused()
    {
        static Reply Plain(Asked asked) => asked.Structured ? Reply.Status(400, """{"error": {"message": "response_format is not supported"}}""") : Reply.Answer(asked, asked.Prompt);
        await using FakeEndpoint takes = new(asked => Reply.Answer(asked, $"{asked.Prompt} {asked.Structured}")), refuses = new(Plain);
        async Task<Completion> Say(FakeEndpoint server, string structured, string subject, ChatEndpoint? open = null)
        {
            using ChatEndpoint? own = open is null ? new(At(server) with { Structured = structured }, TimeProvider.System) : null;
            ChatEndpoint model = open ?? own!;
            return (await model.SampleAsync([AskForJson(model, subject)], TestContext.Current.CancellationToken))[0][0];
        }

        Assert.Equal("Say a in JSON. True", (await Say(takes, "auto", "a")).Text);
        Assert.Equal("Say a in JSON. True", (await Say(takes, "on", "a")).Text);
        Assert.Equal("Say a. False", (await Say(takes, "off", "a")).Text);
        System.Text.Json.JsonElement sent = takes.Requests.First().Json.GetProperty("response_format");
        Assert.Equal(("json_schema", "said", true), (sent.GetProperty("type").GetString(), sent.GetProperty("json_schema").GetProperty("name").GetString(), sent.GetProperty("json_schema").GetProperty("strict").GetBoolean()));
        Assert.Equal("string", sent.GetProperty("json_schema").GetProperty("schema").GetProperty("properties").GetProperty("word").GetProperty("type").GetString());

        Assert.Equal("refused", (await Say(refuses, "on", "a")).Failure!.Kind);
        using ChatEndpoint auto = new(At(refuses), TimeProvider.System);
        Completion first = await Say(refuses, "auto", "a", auto), second = await Say(refuses, "auto", "b", auto);
        Assert.Equal(("Say a.", "Say b."), (first.Text, second.Text));
        Assert.Equal(["format_refused"], first.Retried!);
        Assert.Null(second.Retried);
        Assert.Equal([true, true, false, false], refuses.Requests.Select(asked => asked.Structured));
    }

    [Fact]
    public async Task APromptThatIsAtFaultItselfSaysNothingOfTheForm()
    {
        await using FakeEndpoint server = new(asked => asked.Prompt.StartsWith("Say bad", StringComparison.Ordinal) ? Reply.Status(400) : Reply.Answer(asked, $"{asked.Structured}"));
        using ChatEndpoint model = new(At(server), TimeProvider.System);
        Completion bad = (await model.SampleAsync([AskForJson(model, "bad")], TestContext.Current.CancellationToken))[0][0];
        Completion good = (await model.SampleAsync([AskForJson(model, "good")], TestContext.Current.CancellationToken))[0][0];
        await model.SampleAsync([AskForJson(model, "bad")], TestContext.Current.CancellationToken);
        Assert.Equal(("refused", "True", null), (bad.Failure!.Kind, good.Text, good.Retried));
        // Once a form was answered a refusal is the prompt's: it is not asked in plain text too.
        Assert.Equal([true, false, true, true], server.Requests.Select(asked => asked.Structured));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SeveralChoicesComeFromOneCall(bool stream)
    {
        await using FakeEndpoint server = new(asked => Reply.Choices(asked, [.. Enumerable.Range(0, asked.N).Select(i => $"{asked.Prompt} choice {i}")], 10));
        using ChatEndpoint model = new(At(server) with { Stream = stream, N = 4 }, TimeProvider.System);
        SampleRequest request = Ask(model, "a", 6);
        IReadOnlyList<Completion> answers = (await model.SampleAsync([request], TestContext.Current.CancellationToken))[0];
        Assert.Equal([.. Enumerable.Range(0, 4), 0, 1], answers.Select(one => int.Parse(one.Text[^1..], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal([new(11, 4), new(0, 2), new(0, 2), new(0, 2), new(11, 5), new TokenUsage(0, 5)], answers.Select(one => one.Usage!));
        Assert.Equal([(2, request.Key.StreamSeed(4) >> 33), (4, request.Key.StreamSeed(0) >> 33)], server.Requests.Select(asked => (asked.N, (ulong)asked.Json.GetProperty("seed").GetInt64())).Order());
    }

    [Fact]
    public async Task AnEndpointThatPassesOverNIsAskedOneByOne()
    {
        static Reply One(Asked asked) => Reply.Answer(asked, $"{asked.Prompt} {asked.Json.GetProperty("seed")}");
        await using FakeEndpoint alone = new(One), ignores = new(One), refuses = new(asked => asked.N > 1 ? Reply.Status(422) : One(asked));
        async Task<string[]> SayAsync(FakeEndpoint server, int n)
        {
            using ChatEndpoint model = new(At(server) with { N = n }, TimeProvider.System);
            return [.. (await model.SampleAsync([Ask(model, "a", 5)], TestContext.Current.CancellationToken))[0].Select(one => one.Text)];
        }

        string[] expected = await SayAsync(alone, 1);
        Assert.Equal(expected, await SayAsync(ignores, 8));
        Assert.Equal([5, 1, 1, 1, 1], ignores.Requests.Select(asked => asked.N));
        Assert.Equal(expected, await SayAsync(refuses, 8));
        Assert.Equal([5, 1, 1, 1, 1, 1], refuses.Requests.Select(asked => asked.N));
    }

    [Fact]
    public async Task AChoiceThatDidNotEndIsACutOffCall()
    {
        await using FakeEndpoint server = new(asked => asked.Number == 1
            ? Reply.Status(200, Reply.Events([Reply.Delta("a", "stop"), Reply.Delta("b", null, 1)]) + "data: [DONE]\n\n", type: "text/event-stream")
            : Reply.Choices(asked, ["a", "b"], 2));
        using ChatEndpoint model = new(At(server) with { N = 2 }, TimeProvider.System);
        IReadOnlyList<Completion> answers = (await model.SampleAsync([Ask(model, "x", 2)], TestContext.Current.CancellationToken))[0];
        Assert.Equal(["a", "b"], answers.Select(one => one.Text));
        Assert.Equal(["cut_off"], answers[0].Retried!);
        Assert.Null(answers[1].Retried);
    }

    [Fact]
    public void OptionsThatCannotBeUsedAreNamed()
    {
        foreach (EndpointOptions wrong in (EndpointOptions[])[new("localhost:8000", "m"), new("http://u:p@h/v1", "m"), new("http://h/v1", ""), new("http://h/v1", "m", Parallelism: 0), new("http://h/v1", "m", TokenLimit: "n"), new("http://h/v1", "m", Structured: "yes"), new("http://h/v1", "m", N: 0)])
            Assert.Throws<InputException>(() => new ChatEndpoint(wrong, TimeProvider.System));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = target; seen < value; seen = target)
        {
            if (Interlocked.CompareExchange(ref target, value, seen) == seen) return;
        }
    }
}
