using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Plum.Tests.Models;

/// <summary>A server on loopback that speaks OpenAI's chat API as well, or as badly, as a test tells it to.</summary>
public sealed class FakeEndpoint : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<Asked, Reply> answer;
    private readonly Task work;
    private int number;

    public FakeEndpoint(Func<Asked, Reply> answer)
    {
        this.answer = answer;
        listener.Start();
        work = ListenAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1";

    /// <summary>How many requests had a good and whole answer sent, by body: what a provider would have billed.</summary>
    public ConcurrentDictionary<string, int> Paid { get; } = new();

    public ConcurrentQueue<Asked> Requests { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task ListenAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            TcpClient client = await listener.AcceptTcpClientAsync(stop.Token);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient _ = client;
        client.NoDelay = true;
        try
        {
            NetworkStream stream = client.GetStream();
            // A character a byte, since Content-Length counts bytes.
            using StreamReader reader = new(stream, Encoding.Latin1, leaveOpen: true);
            while (await ReadAsync(reader) is { } asked)
            {
                Requests.Enqueue(asked);
                Reply reply = answer(asked);
                if (reply.Hang) await Task.Delay(Timeout.Infinite, stop.Token);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(reply.Text), stop.Token);
                if (reply.Good) Paid.AddOrUpdate(asked.Body, 1, (_, count) => count + 1);
                if (reply.Close) return;
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or SocketException)
        {
            // The client went away, or the test is over.
        }
    }

    private async Task<Asked?> ReadAsync(StreamReader reader)
    {
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        if (await reader.ReadLineAsync(stop.Token) is not { Length: > 0 }) return null;
        while (await reader.ReadLineAsync(stop.Token) is { Length: > 0 } line)
        {
            string[] parts = line.Split(':', 2);
            headers[parts[0]] = parts[1].Trim();
        }

        char[] body = new char[int.Parse(headers["Content-Length"], CultureInfo.InvariantCulture)];
        await reader.ReadBlockAsync(body.AsMemory(), stop.Token);
        return new(Interlocked.Increment(ref number), Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body)), headers);
    }
}

/// <summary>A request as it came.</summary>
/// <param name="Number">From 1, over all requests.</param>
/// <param name="Body">The JSON text.</param>
/// <param name="Headers">By name, in any case.</param>
public sealed record Asked(int Number, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string Prompt => Json.GetProperty("messages")[0].GetProperty("content").GetString()!;

    /// <summary>Whether the answer is to be JSON of a given form.</summary>
    public bool Structured => Json.TryGetProperty("response_format", out _);

    /// <summary>How many choices are asked for.</summary>
    public int N => Json.TryGetProperty("n", out JsonElement n) ? n.GetInt32() : 1;
}

/// <summary>What the server sends back, byte for byte.</summary>
public sealed record Reply(string Text, bool Good = false, bool Close = false, bool Hang = false)
{
    public static Reply Never { get; } = new("", Hang: true);

    public static Reply Status(int status, string body = """{"error": {"message": "no", "type": "t"}}""", string headers = "", string type = "application/json") =>
        new($"HTTP/1.1 {status} Said\r\nContent-Type: {type}\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    /// <summary>A good answer, streamed where it was asked for so.</summary>
    public static Reply Answer(Asked asked, string text, string finish = "stop", int tokens = 7)
    {
        string usage = $$"""{"prompt_tokens": 11, "completion_tokens": {{tokens}}, "total_tokens": {{11 + tokens}}}""";
        return (asked.Json.TryGetProperty("stream", out JsonElement stream) && stream.GetBoolean()
            ? Status(200, Events([Delta(text), Delta("", finish), $$"""{"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [], "usage": {{usage}}}"""]) + "data: [DONE]\n\n", type: "text/event-stream")
            : Status(200, $$"""{"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [{"index": 0, "message": {"role": "assistant", "content": {{JsonSerializer.Serialize(text)}}}, "finish_reason": "{{finish}}"}], "usage": {{usage}}}""")) with
        { Good = true };
    }

    /// <summary>A good answer of several choices; in a stream they come by turns, a word at a time.</summary>
    public static Reply Choices(Asked asked, IReadOnlyList<string> texts, int tokens)
    {
        string usage = $$"""{"prompt_tokens": 11, "completion_tokens": {{tokens}}, "total_tokens": {{11 + tokens}}}""";
        if (!(asked.Json.TryGetProperty("stream", out JsonElement stream) && stream.GetBoolean()))
        {
            return Status(200, $$"""{"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [{{string.Join(", ", texts.Select((text, at) => $$"""{"index": {{at}}, "message": {"role": "assistant", "content": {{JsonSerializer.Serialize(text)}}}, "finish_reason": "stop"}"""))}}], "usage": {{usage}}}""") with { Good = true };
        }

        string[][] words = [.. texts.Select(text => text.Split(' '))];
        IEnumerable<string> turns = from word in Enumerable.Range(0, words.Max(one => one.Length))
                                    from at in Enumerable.Range(0, texts.Count)
                                    where word < words[at].Length
                                    select Delta((word > 0 ? " " : "") + words[at][word], word + 1 == words[at].Length ? "stop" : null, at);
        return Status(200, Events([.. turns, $$"""{"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [], "usage": {{usage}}}"""]) + "data: [DONE]\n\n", type: "text/event-stream") with { Good = true };
    }

    /// <summary>A stream that stops in the middle and closes as if that were its end.</summary>
    public static Reply HalfClosed(string text) =>
        new("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" + Events([Delta(text)]), Close: true);

    /// <summary>A stream whose connection breaks before the bytes that were promised.</summary>
    public static Reply Broken(string text) =>
        new("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 100000\r\n\r\n" + Events([Delta(text)]), Close: true);

    public static string Events(IEnumerable<string> events) => string.Concat(events.Select(one => $"data: {one}\n\n"));

    public static string Delta(string text, string? finish = null, int index = 0) =>
        $$"""{"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": {{index}}, "delta": {"content": {{JsonSerializer.Serialize(text)}}}, "finish_reason": {{(finish is null ? "null" : $"\"{finish}\"")}}}]}""";
}
