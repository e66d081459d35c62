using System.Text.Json;
using Xunit;

namespace Plum.Cli.Tests.Serving;

/// <summary>A signal ends the server, in the middle of a stream too.</summary>
public sealed class StopTest
{
    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    public async Task AStreamThatCannotBeFinishedEndsWithAnError(int signal)
    {
        await using ServedPolicy served = new(["--grace", "0", "--rows", "4"]);
        await served.InitializeAsync();
        List<string> events = await SignalledAsync(served, ServedPolicy.Long(n: 128, stream: true), signal);
        Assert.Equal("stopping", JsonDocument.Parse(events[^1]).RootElement.GetProperty("error").GetProperty("code").GetString());
        await EndedAsync(served);
    }

    [Fact]
    public async Task AStreamThatIsNearlyDoneIsFinished()
    {
        await using ServedPolicy served = new(["--grace", "100"]);
        await served.InitializeAsync();
        List<string> events = await SignalledAsync(served, ServedPolicy.Long(n: 1, stream: true), signal: 15);
        Assert.Equal("[DONE]", events[^1]);
        await EndedAsync(served);
    }

    private static async Task<List<string>> SignalledAsync(ServedPolicy served, object body, int signal)
    {
        List<string> events = [];
        await foreach (string data in served.EventsAsync("completions", body))
        {
            events.Add(data);
            if (events.Count == 1) served.Signal(signal);
        }

        return events;
    }

    private static async Task EndedAsync(ServedPolicy served)
    {
        PlumProcess.Result result = await served.EndAsync();
        Assert.True(result.Code == 0, result.Error);
        Assert.DoesNotContain("   at ", result.Error);
        Assert.Contains("stopped after 1 requests", result.Output);
        await Assert.ThrowsAsync<HttpRequestException>(() => served.Http.GetAsync(new Uri("models", UriKind.Relative)));
    }
}
