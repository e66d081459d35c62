using System.ClientModel;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OpenAI;
using Xunit;

namespace Plum.Cli.Tests.Serving;

/// <summary>The embedded policy behind <c>plum serve</c>, in a process of its own, on a port of its own.</summary>
public sealed class ServedPolicy : IAsyncLifetime
{
    public const string Name = "policy";

    private readonly string[] flags;
    private readonly (string Name, string Value)[] environment;
    private PlumProcess? process;

    /// <summary>Served as it is by default.</summary>
    public ServedPolicy()
        : this([])
    {
    }

    internal ServedPolicy(string[] flags, params (string Name, string Value)[] environment)
    {
        this.flags = flags;
        this.environment = environment;
    }

    public static string Policy { get; } = Repository.File("assets/policy");

    public Uri Address { get; private set; } = null!;

    public HttpClient Http { get; } = new(new SocketsHttpHandler { MaxConnectionsPerServer = 1000 });

    public async ValueTask InitializeAsync()
    {
        process = PlumProcess.Start(Repository.Root, [PlumProcess.Program, "serve", .. flags.Contains("--policy") ? (string[])[] : ["--policy", Policy], "--port", "0", .. flags], environment: environment);
        string line = await process.SaysAsync("http://");
        Address = new Uri(line.Split(' ').First(word => word.StartsWith("http://", StringComparison.Ordinal)).TrimEnd(',') + "/");
        Http.BaseAddress = Address;
    }

    /// <summary>The official client.</summary>
    public OpenAIClient Client(string key = "none") => new(new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = Address });

    public static object Chat(string instruction, object? more = null) => With(new { model = Name, messages = new[] { new { role = "user", content = instruction } } }, more);

    /// <summary>An answer that is long however the model would like to end it: at this temperature every token is about as likely as any other.</summary>
    public static object Long(int n, bool stream) => new { model = Name, prompt = "def solve(n):", temperature = 100, max_tokens = 490, n, stream };

    public async Task<JsonElement> AskAsync(string path, object body)
    {
        using HttpResponseMessage response = await Http.PostAsJsonAsync(path, body);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The texts of all answers, by their places.</summary>
    public async Task<string[]> TextsAsync(string path, object body) => [.. (await AskAsync(path, body)).GetProperty("choices").EnumerateArray()
        .OrderBy(choice => choice.GetProperty("index").GetInt32())
        .Select(choice => choice.TryGetProperty("text", out JsonElement text) ? text.GetString()! : choice.GetProperty("message").GetProperty("content").GetString()!)];

    /// <summary>The events of a stream as they come.</summary>
    public async IAsyncEnumerable<string> EventsAsync(string path, object body)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        using HttpResponseMessage response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(), Encoding.UTF8);
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.Length == 0) continue;
            Assert.StartsWith("data: ", line);
            yield return line["data: ".Length..];
        }
    }

    internal void Signal(int signal) => process!.Signal(signal);

    internal Task<PlumProcess.Result> EndAsync() => process!.EndAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (process is null) return;
        if (!process.Ended)
        {
            process.Signal(15);
            Assert.Equal(0, (await process.EndAsync()).Code);
        }

        process.Dispose();
    }

    private static Dictionary<string, object?> With(object body, object? more) => new object?[] { body, more }
        .Where(part => part is not null)
        .SelectMany(part => part!.GetType().GetProperties().Select(property => (property.Name, Value: property.GetValue(part))))
        .ToDictionary(pair => pair.Name, pair => pair.Value);
}
