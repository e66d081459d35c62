using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Plum.Cli.Tests.Serving;

/// <summary>Bodies that cannot be answered are refused in OpenAI's words, and the server goes on.</summary>
public sealed class BadRequestTest(ServedPolicy served) : IClassFixture<ServedPolicy>
{
    private const string Chat = "chat/completions", Text = "completions";

    [Theory]
    [InlineData(Chat, "", 400, null)]
    [InlineData(Chat, "{", 400, null)]
    [InlineData(Chat, "[]", 400, null)]
    [InlineData(Chat, "null", 400, null)]
    [InlineData(Chat, """{"model":"policy"}""", 400, "messages")]
    [InlineData(Chat, """{"messages":[{"role":"user","content":"x"}]}""", 400, "model")]
    [InlineData(Chat, """{"model":"gpt-4o","messages":[{"role":"user","content":"x"}]}""", 404, "model")]
    [InlineData(Chat, """{"model":7,"messages":[{"role":"user","content":"x"}]}""", 400, "model")]
    [InlineData(Chat, """{"model":"policy","messages":[]}""", 400, "messages")]
    [InlineData(Chat, """{"model":"policy","messages":"hello"}""", 400, "messages")]
    [InlineData(Chat, """{"model":"policy","messages":["hello"]}""", 400, "messages[0]")]
    [InlineData(Chat, """{"model":"policy","messages":[{"role":"user","content":"x"},{"role":"king","content":"x"}]}""", 400, "messages[1].role")]
    [InlineData(Chat, """{"model":"policy","messages":[{"role":"user"}]}""", 400, "messages[0].content")]
    [InlineData(Chat, """{"model":"policy","messages":[{"role":"user","content":5}]}""", 400, "messages[0].content")]
    [InlineData(Chat, """{"model":"policy","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]}""", 400, "messages[0].content")]
    [InlineData(Chat, """{"model":"policy","messages":[{"role":"user","content":"x"}],"top_logprobs":3}""", 400, "top_logprobs")]
    [InlineData(Chat, """{"model":"policy","messages":[{"role":"user","content":"x"}],"logprobs":true,"top_logprobs":21}""", 400, "top_logprobs")]
    [InlineData(Chat, """{"model":"policy","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function"}]}""", 400, "tools")]
    [InlineData(Chat, """{"model":"policy","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_object"}}""", 400, "response_format")]
    [InlineData(Chat, """{"model":"policy","messages":[{"role":"user","content":"x"}],"stream_options":{"include_usage":true}}""", 400, "stream_options")]
    [InlineData(Chat, """{"model":"policy","messages":[{"role":"user","content":"x"}],"max_completion_tokens":0}""", 400, "max_tokens")]
    [InlineData(Text, """{"model":"policy"}""", 400, "prompt")]
    [InlineData(Text, """{"model":"policy","prompt":""}""", 400, "prompt")]
    [InlineData(Text, """{"model":"policy","prompt":[]}""", 400, "prompt")]
    [InlineData(Text, """{"model":"policy","prompt":[1,-1]}""", 400, "prompt")]
    [InlineData(Text, """{"model":"policy","prompt":[1,1e30]}""", 400, "prompt")]
    [InlineData(Text, """{"model":"policy","prompt":[[1],"a",{}]}""", 400, "prompt")]
    [InlineData(Text, """{"model":"policy","prompt":"\ud800"}""", 400, null)]
    [InlineData(Text, """{"model":"policy","prompt":"x","max_tokens":-5}""", 400, "max_tokens")]
    [InlineData(Text, """{"model":"policy","prompt":"x","max_tokens":"many"}""", 400, "max_tokens")]
    [InlineData(Text, """{"model":"policy","prompt":"x","max_tokens":513}""", 400, "prompt")]
    [InlineData(Text, """{"model":"policy","prompt":"x","n":0}""", 400, "n")]
    [InlineData(Text, """{"model":"policy","prompt":"x","n":129}""", 400, "n")]
    [InlineData(Text, """{"model":"policy","prompt":"x","n":99999999999999999999}""", 400, "n")]
    [InlineData(Text, """{"model":"policy","prompt":["a","b","c","d","e","f","g","h","i"],"n":128}""", 400, "n")]
    [InlineData(Text, """{"model":"policy","prompt":"x","temperature":-1}""", 400, "temperature")]
    [InlineData(Text, """{"model":"policy","prompt":"x","temperature":1e999}""", 400, "temperature")]
    [InlineData(Text, """{"model":"policy","prompt":"x","top_p":1.5}""", 400, "top_p")]
    [InlineData(Text, """{"model":"policy","prompt":"x","repetition_penalty":0}""", 400, "repetition_penalty")]
    [InlineData(Text, """{"model":"policy","prompt":"x","presence_penalty":1}""", 400, "presence_penalty")]
    [InlineData(Text, """{"model":"policy","prompt":"x","logit_bias":{"5":1}}""", 400, "logit_bias")]
    [InlineData(Text, """{"model":"policy","prompt":"x","stop":""}""", 400, "stop")]
    [InlineData(Text, """{"model":"policy","prompt":"x","stop":[1]}""", 400, "stop")]
    [InlineData(Text, """{"model":"policy","prompt":"x","echo":true,"logprobs":1}""", 400, "echo with logprobs")]
    [InlineData(Text, """{"model":"policy","prompt":"x","best_of":3}""", 400, "best_of")]
    [InlineData(Text, """{"model":"policy","prompt":"x","ignore_eos":true}""", 400, "ignore_eos")]
    [InlineData(Text, """{"model":"policy","prompt":"x","min_tokens":5}""", 400, "min_tokens")]
    [InlineData(Text, """{"model":"policy","prompt":"x","max_token":3}""", 400, "max_token")]
    public async Task ABodyThatCannotBeUsedIsRefused(string path, string body, int status, string? param)
    {
        JsonElement error = await RefusedAsync(path, Encoding.UTF8.GetBytes(body), status);
        Assert.Equal(param, error.GetProperty("param").GetString());
        await served.AskAsync(Text, new { model = "policy", prompt = "x", max_tokens = 1 });
    }

    [Theory]
    [InlineData(Chat, """{"model":"policy","messages":[{"role":"user","content":"x"}],"max_tokens":1,"tools":[],"tool_choice":"none","parallel_tool_calls":true,"response_format":{"type":"text"},"frequency_penalty":0.0,"logit_bias":{}}""")]
    [InlineData(Text, """{"model":"policy","prompt":"x","max_tokens":1,"ignore_eos":false,"min_tokens":0,"skip_special_tokens":true,"use_beam_search":false,"length_penalty":1.0,"best_of":1,"suffix":null}""")]
    public async Task WhatAsksForNothingIsLetThrough(string path, string body) =>
        Assert.Single((await served.AskAsync(path, JsonDocument.Parse(body).RootElement)).GetProperty("choices").EnumerateArray());

    [Fact]
    public async Task WhatIsMeantIsSaid() => Assert.Contains(
        "Did you mean max_tokens?", (await RefusedAsync(Text, """{"model":"policy","prompt":"x","max_token":3}"""u8.ToArray(), 400)).GetProperty("message").GetString());

    [Fact]
    public async Task APromptLongerThanTheContextIsRefused()
    {
        JsonElement error = await RefusedAsync(Chat, JsonSerializer.SerializeToUtf8Bytes(ServedPolicy.Chat(string.Concat(Enumerable.Repeat("one two three ", 2000)))), 400);
        Assert.Equal("context_length_exceeded", error.GetProperty("code").GetString());
        Assert.Contains("512", error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task BytesThatAreNoTextAndDepthsWithoutEndAreRefused()
    {
        await RefusedAsync(Text, [.. """{"model":"policy","prompt":"""u8, (byte)'"', 0xC3, 0x28, .. "\"}"u8], 400);
        await RefusedAsync(Text, Encoding.UTF8.GetBytes(new string('[', 100_000)), 400);
        JsonElement error = await RefusedAsync(Text, JsonSerializer.SerializeToUtf8Bytes(new { model = "policy", prompt = new string('x', 3 << 20) }), 413);
        Assert.Contains("2097152 bytes", error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task WhatIsNotJsonOrNotHereIsRefused()
    {
        using HttpResponseMessage form = await served.Http.PostAsync(Text, new StringContent("""{"model":"policy","prompt":"x"}""", Encoding.UTF8, "text/plain"));
        Assert.Equal(415, (int)form.StatusCode);
        using HttpResponseMessage nowhere = await served.Http.PostAsync("embeddings", JsonContent.Create(new { }));
        Assert.Equal((404, "unknown_url"), ((int)nowhere.StatusCode, (await Error(nowhere)).GetProperty("code").GetString()));
        using HttpResponseMessage got = await served.Http.GetAsync(new Uri(Chat, UriKind.Relative));
        Assert.Equal((405, "method_not_allowed"), ((int)got.StatusCode, (await Error(got)).GetProperty("code").GetString()));
        using HttpResponseMessage model = await served.Http.GetAsync(new Uri("models/other", UriKind.Relative));
        Assert.Equal(404, (int)model.StatusCode);
    }

    private async Task<JsonElement> RefusedAsync(string path, byte[] body, int status)
    {
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = new("application/json");
        using HttpResponseMessage response = await served.Http.PostAsync(path, content);
        JsonElement error = await Error(response);
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode}: {error}");
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        return error;
    }

    private static async Task<JsonElement> Error(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error");
}
