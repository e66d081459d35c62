using System.Text.Json;
using Xunit;

namespace Plum.Cli.Tests.Serving;

/// <summary><c>/v1/completions</c>, for which the official client has nothing any more.</summary>
public sealed class CompletionTest(ServedPolicy served) : IClassFixture<ServedPolicy>
{
    private const string Path = "completions";

    [Fact]
    public async Task PromptsAreTextsOrTokens()
    {
        JsonElement answer = await served.AskAsync(Path, new { model = "policy", prompt = new object[] { "def solve(n):\n    return", new[] { 1, 2, 3 } }, n = 2, seed = 1, max_tokens = 9 });
        Assert.Equal("text_completion", answer.GetProperty("object").GetString());
        Assert.Equal([0, 1, 2, 3], answer.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()));
        Assert.Equal(
            [.. await served.TextsAsync(Path, new { model = "policy", prompt = "def solve(n):\n    return", n = 2, seed = 1, max_tokens = 9 }), .. await served.TextsAsync(Path, new { model = "policy", prompt = new[] { 1, 2, 3 }, n = 2, seed = 1, max_tokens = 9 })],
            answer.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("text").GetString()!));
    }

    [Fact]
    public async Task ThePromptIsEchoed()
    {
        object body = new { model = "policy", prompt = "def solve(n):\n    return", seed = 1, max_tokens = 9, echo = true };
        string echoed = Assert.Single(await served.TextsAsync(Path, body));
        Assert.Equal("def solve(n):\n    return" + Assert.Single(await served.TextsAsync(Path, new { model = "policy", prompt = "def solve(n):\n    return", seed = 1, max_tokens = 9 })), echoed);
        JsonElement streamed = new();
        string text = "";
        await foreach (string data in served.EventsAsync(Path, new { model = "policy", prompt = "def solve(n):\n    return", seed = 1, max_tokens = 9, echo = true, stream = true }))
        {
            if (data == "[DONE]") continue;
            streamed = JsonDocument.Parse(data).RootElement.GetProperty("choices")[0];
            text += streamed.GetProperty("text").GetString();
        }

        Assert.Equal(echoed, text);
    }

    [Fact]
    public async Task LogProbabilitiesAreThoseOfTheTokens()
    {
        JsonElement choice = (await served.AskAsync(Path, new { model = "policy", prompt = "def solve(n):", max_tokens = 12, temperature = 0, logprobs = 2 })).GetProperty("choices")[0];
        JsonElement logProbs = choice.GetProperty("logprobs");
        string[] tokens = [.. logProbs.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!)];
        double[] chosen = [.. logProbs.GetProperty("token_logprobs").EnumerateArray().Select(one => one.GetDouble())];
        Assert.StartsWith(choice.GetProperty("text").GetString()!, string.Concat(tokens));
        Assert.Equal(Enumerable.Range(0, tokens.Length).Select(at => tokens[..at].Sum(token => token.Length)), logProbs.GetProperty("text_offset").EnumerateArray().Select(offset => offset.GetInt32()));
        foreach ((JsonElement top, int at) in logProbs.GetProperty("top_logprobs").EnumerateArray().Select((top, at) => (top, at)))
        {
            Assert.Equal(chosen[at], top.GetProperty(tokens[at]).GetDouble());
            Assert.All(top.EnumerateObject(), other => Assert.True(other.Value.GetDouble() <= chosen[at]));
        }
    }

    [Theory]
    [InlineData("return")]
    [InlineData("(n")]
    [InlineData("\n    ")]
    [InlineData("e")]
    public async Task AStopTextCutsAStreamWhereItCutsAWholeAnswer(string stop)
    {
        object Body(bool stream, object? at) => ServedPolicy.Chat("Return n plus 3.", new { seed = 3, n = 4, stop = at, stream });
        string[] uncut = await served.TextsAsync("chat/completions", Body(false, null)), whole = await served.TextsAsync("chat/completions", Body(false, stop));
        Assert.Equal(uncut.Select(text => text.Split(stop)[0]), whole);

        string[] streamed = ["", "", "", ""];
        await foreach (string data in served.EventsAsync("chat/completions", Body(true, new[] { "never", stop })))
        {
            if (data == "[DONE]") continue;
            JsonElement choice = JsonDocument.Parse(data).RootElement.GetProperty("choices")[0];
            streamed[choice.GetProperty("index").GetInt32()] += choice.GetProperty("delta").GetProperty("content").GetString();
        }

        Assert.Equal(whole, streamed);
    }

    [Fact]
    public async Task EveryWayToDrawIsTakenAccountOf()
    {
        async Task<string[]> DrawnAsync(object more) => await served.TextsAsync("chat/completions", ServedPolicy.Chat("Return n plus 3.", more));
        string[] greedy = await DrawnAsync(new { temperature = 0 });
        Assert.Equal(greedy, await DrawnAsync(new { top_k = 1 }));
        Assert.Equal(greedy, await DrawnAsync(new { top_p = 0 }));
        Assert.Equal(greedy, await DrawnAsync(new { min_p = 1.0 }));
        JsonElement stopped = await served.AskAsync("completions", new { model = "policy", prompt = "def", max_tokens = 20, stop_token_ids = Enumerable.Range(0, 768) });
        Assert.Equal(("stop", 1), (stopped.GetProperty("choices")[0].GetProperty("finish_reason").GetString(), stopped.GetProperty("usage").GetProperty("completion_tokens").GetInt32()));
        Assert.NotEqual(greedy, await DrawnAsync(new { temperature = 0, repetition_penalty = 3 }));
        Assert.NotEqual(await DrawnAsync(new { n = 4, seed = 1 }), await DrawnAsync(new { n = 4, seed = -1 }));
        Assert.NotEqual(await DrawnAsync(new { n = 8 }), await DrawnAsync(new { n = 8 }));
    }
}
