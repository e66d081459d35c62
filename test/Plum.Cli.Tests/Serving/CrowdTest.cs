using System.Net;
using System.Net.Http.Json;
using System.Text;
using Xunit;

namespace Plum.Cli.Tests.Serving;

/// <summary>Many clients at once, more than there is room for, and clients that go away.</summary>
public sealed class CrowdTest
{
    [Fact]
    public async Task TwoHundredRequestsAtOnceAndBrokenOnesAmongThemGetWhatEachWouldGetAlone()
    {
        await using ServedPolicy served = new();
        await served.InitializeAsync();
        object Body(int i) => ServedPolicy.Chat($"Return the total of the values in xs that are less than {i % 40}.", new { seed = i, n = 1 + (i % 3), temperature = 1.2 });
        Task<string[]>[] crowd = [.. Enumerable.Range(0, 200).Select(i => served.TextsAsync("chat/completions", Body(i)))];
        Task<HttpResponseMessage>[] broken = [.. Enumerable.Range(0, 50).Select(i => served.Http.PostAsync(
            "chat/completions", new StringContent(i % 2 == 0 ? """{"model": "policy", """ : """{"model": "policy", "messages": [{"role": 5}]}""", Encoding.UTF8, "application/json")))];
        string[][] together = await Task.WhenAll(crowd);
        foreach (Task<HttpResponseMessage> one in broken)
        {
            using HttpResponseMessage refused = await one;
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        Assert.Equal(Enumerable.Range(0, 200).Select(i => 1 + (i % 3)), together.Select(texts => texts.Length));
        for (int i = 0; i < 200; i += 8)
            Assert.Equal(together[i], await served.TextsAsync("chat/completions", Body(i)));
    }

    [Fact]
    public async Task WhatThereIsNoRoomForIsToldToComeBackAndGoingAwayMakesRoom()
    {
        await using ServedPolicy served = new(["--capacity", "128", "--rows", "1", "--grace", "0"]);
        await served.InitializeAsync();
        using (HttpRequestMessage request = new(HttpMethod.Post, "completions") { Content = JsonContent.Create(ServedPolicy.Long(n: 128, stream: true)) })
        using (HttpResponseMessage full = await served.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(HttpStatusCode.OK, full.StatusCode);
            using HttpResponseMessage refused = await HalfAsMuchAsync(served);
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
            Assert.Contains("rate_limit_error", await refused.Content.ReadAsStringAsync());
        }

        // Half of 128 long answers, one after another, would take far longer than it is asked for here.
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(10));
        for (HttpStatusCode status = HttpStatusCode.TooManyRequests; status != HttpStatusCode.OK; await Task.Delay(20, late.Token))
        {
            using HttpResponseMessage again = await HalfAsMuchAsync(served);
            status = again.StatusCode;
        }
    }

    private static Task<HttpResponseMessage> HalfAsMuchAsync(ServedPolicy served) =>
        served.Http.PostAsJsonAsync("completions", new { model = "policy", prompt = "x", max_tokens = 1, n = 64 });
}
