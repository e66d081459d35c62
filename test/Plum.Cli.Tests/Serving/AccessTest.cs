using System.ClientModel;
using System.Net;
using Xunit;

namespace Plum.Cli.Tests.Serving;

/// <summary>Who is let in, and flags that cannot be used.</summary>
public sealed class AccessTest
{
    [Fact]
    public async Task WithoutTheKeyNobodyIsAnswered()
    {
        await using ServedPolicy served = new(["--api-key-env", "PLUM_KEY", "--name", "mine"], ("PLUM_KEY", "open sesame"));
        await served.InitializeAsync();
        Assert.Equal("mine", Assert.Single((await served.Client("open sesame").GetOpenAIModelClient().GetModelsAsync()).Value).Id);
        ClientResultException fault = await Assert.ThrowsAsync<ClientResultException>(() => served.Client("guess").GetOpenAIModelClient().GetModelsAsync());
        Assert.Equal(401, fault.Status);
        Assert.Contains("invalid_api_key", fault.Message);
        using HttpResponseMessage nameless = await served.Http.GetAsync(new Uri("models", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, nameless.StatusCode);
        using HttpResponseMessage health = await served.Http.GetAsync(new Uri("/health", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task FlagsThatCannotBeUsedAreRefused()
    {
        Task<PlumProcess.Result> Serve(params string[] more) => PlumProcess.RunAsync(Repository.Root, ["serve", "--policy", ServedPolicy.Policy, .. more]);
        (await Serve("--api-key-env", "PLUM_NO_SUCH_KEY")).IsRefused("PLUM_NO_SUCH_KEY", "set it");
        (await Serve("--host", "everywhere")).IsRefused("--host everywhere", "127.0.0.1");
        (await Serve("--precision", "int4")).IsRefused("int4");
        (await Serve("--port", "-1")).IsRefused("--port");
        (await Serve("--port", "65536")).IsRefused("--port");
        (await Serve("--adapter", "nowhere")).IsRefused("nowhere");
        await using ServedPolicy first = new();
        await first.InitializeAsync();
        (await Serve("--port", $"{first.Address.Port}")).IsRefused($"127.0.0.1:{first.Address.Port}", "--port");
    }
}
