using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;

namespace Plum.Models;

/// <summary>
/// A model behind an endpoint that speaks OpenAI's chat API: OpenAI, Azure, vLLM, SGLang, llama.cpp, Ollama, <c>plum serve</c>.
/// Each sample is a call of its own, with a seed of its own, so that one can be retried, recorded and replayed without the others.
/// Calls that fail are made again after a while; what stays without an answer is a completion with its failure.
/// It does not check that an endpoint honours the seed, and does not know what a failed call has cost.
/// </summary>
public sealed class ChatEndpoint : ILanguageModel, IDisposable
{
    // The longest wait between two tries of its own accord, and the longest that a server may ask for.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1), LongestAskedFor = TimeSpan.FromMinutes(10);
    // A token is seldom longer; a server that passes over the limit of tokens is not listened to for ever.
    private const int CharactersPerToken = 32;

    private readonly EndpointOptions options;
    private readonly TimeProvider time;
    private readonly string? key;
    private readonly HttpClient http;
    private readonly IChatClient client;
    private readonly SemaphoreSlim slots;
    private readonly EndpointHealth health;

    /// <summary>Prepares to ask; no call is made yet.</summary>
    /// <param name="options">The endpoint.</param>
    /// <param name="time">The clock for time-outs and waits.</param>
    /// <exception cref="InputException">An option cannot be used.</exception>
    public ChatEndpoint(EndpointOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Fault is { } fault) throw new InputException($"endpoint: {fault}");
        this.options = options;
        this.time = time;
        slots = new(options.Parallelism);
        health = new(options);
        key = Environment.GetEnvironmentVariable(options.KeyVariable) is { Length: > 0 } given ? given.Trim() : null;
        http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(15) })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        OpenAIClientOptions how = new()
        {
            Endpoint = new Uri(options.Url),
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        };
        how.AddPolicy(new AnswerTypePolicy(options.Stream), PipelinePosition.PerCall);
        // Servers without keys take any; the client insists on one.
        client = new OpenAIClient(new ApiKeyCredential(key ?? "none"), how).GetChatClient(options.Model).AsIChatClient();
    }

    /// <inheritdoc/>
    public int Parallelism => options.Parallelism;

    /// <summary>The messages as a JSON text, which <see cref="SampleAsync"/> reads back: the endpoint renders them itself.</summary>
    /// <param name="messages">The conversation.</param>
    public string RenderPrompt(IReadOnlyList<ChatMessage> messages) => ConversationText.Write(messages);

    /// <inheritdoc/>
    /// <exception cref="ModelStoppedException">The endpoint is gone, lets nobody in, or does not know the model.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<Completion>>> SampleAsync(IReadOnlyList<SampleRequest> requests, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(requests);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<Completion>[][] asked = [.. requests.Select(request =>
            Enumerable.Range(0, request.Count).Select(sample => AskOrStopAsync(request, sample)).ToArray())];
        Completion[] all = await Task.WhenAll(asked.SelectMany(samples => samples)).ConfigureAwait(false);
        int at = 0;
        return [.. requests.Select(request => all[at..(at += request.Count)])];

        async Task<Completion> AskOrStopAsync(SampleRequest request, int sample)
        {
            try
            {
                return await AskAsync(request, sample, stop.Token).ConfigureAwait(false);
            }
            catch (ModelStoppedException)
            {
                await stop.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Asks for one sample of a request.</summary>
    /// <param name="request">The request; its prompt is one of <see cref="RenderPrompt"/>.</param>
    /// <param name="sample">Which of its samples, from 0.</param>
    /// <param name="cancellation">Gives the call up.</param>
    /// <returns>The answer, or why there is none.</returns>
    /// <exception cref="ModelStoppedException">As for <see cref="SampleAsync"/>.</exception>
    public async Task<Completion> AskAsync(SampleRequest request, int sample, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        Microsoft.Extensions.AI.ChatMessage[] messages =
            [.. ConversationText.Read(request.Prompt).Select(turn => new Microsoft.Extensions.AI.ChatMessage(new ChatRole(turn.Role), turn.Content))];
        ulong seed = request.Key.StreamSeed(sample);
        RandomStream jitter = new(seed);
        List<string> retried = [];
        await slots.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            while (true)
            {
                health.ThrowIfDead();
                (Completion? answer, EndpointFault? fault) = await TryAsync(messages, request.Sampling, seed, cancellation).ConfigureAwait(false);
                if (answer is not null)
                {
                    health.Answered();
                    return answer with { Retried = retried.Count > 0 ? retried : null };
                }

                TimeSpan wait = WaitFor(fault!, retried.Count, jitter);
                if (!fault!.Mendable || retried.Count >= options.Retries || wait > LongestAskedFor)
                {
                    health.GaveUp(fault);
                    return new("", [], [], "failed", null, retried.Count > 0 ? retried : null, new(fault.Kind, fault.Message));
                }

                retried.Add(fault.Kind);
                await Task.Delay(wait, time, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            slots.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
        http.Dispose();
        slots.Dispose();
    }

    private async Task<(Completion? Answer, EndpointFault? Fault)> TryAsync(
        Microsoft.Extensions.AI.ChatMessage[] messages, SamplingOptions sampling, ulong seed, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(options.TimeoutSeconds), time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            ChatOptions how = Options(sampling, seed);
            return (options.Stream
                ? await StreamAsync(messages, how, sampling.MaxTokens, either.Token).ConfigureAwait(false)
                : Whole(await client.GetResponseAsync(messages, how, either.Token).ConfigureAwait(false)), null);
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (Exception) when (limit.IsCancellationRequested)
        {
            return (null, EndpointFault.TimedOut(options.TimeoutSeconds));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // The client throws whatever its parser met in an answer of the wrong form; all of it is the endpoint's doing.
            return (null, EndpointFault.Of(failure, time.GetUtcNow(), key));
        }
    }

    private async Task<Completion> StreamAsync(Microsoft.Extensions.AI.ChatMessage[] messages, ChatOptions how, int maxTokens, CancellationToken cancellation)
    {
        StringBuilder text = new();
        string? finish = null;
        UsageDetails? usage = null;
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(messages, how, cancellation).ConfigureAwait(false))
        {
            text.Append(update.Text);
            if (update.FinishReason is { } reason) finish = Finish(reason);
            usage = update.Contents.OfType<UsageContent>().LastOrDefault()?.Details ?? usage;
            if (text.Length <= (long)maxTokens * CharactersPerToken) continue;
            finish = "length";
            break;
        }

        if (finish is null) throw new EndpointException(text.Length > 0 ? EndpointFault.CutOff : EndpointFault.Empty);
        return new(text.ToString(), [], [], finish, Tokens(usage));
    }

    private static Completion Whole(ChatResponse response) => response.Messages.Count == 0 || response.FinishReason is not { } reason
        ? throw new EndpointException(EndpointFault.Empty)
        : new(response.Text, [], [], Finish(reason), Tokens(response.Usage));

    private static string Finish(Microsoft.Extensions.AI.ChatFinishReason reason) => reason == Microsoft.Extensions.AI.ChatFinishReason.Length ? "length" : "stop";

    private static TokenUsage? Tokens(UsageDetails? usage) =>
        usage is { InputTokenCount: { } prompt, OutputTokenCount: { } completion } ? new(prompt, completion) : null;

    private TimeSpan WaitFor(EndpointFault fault, int tries, RandomStream jitter)
    {
        double own = Math.Min(options.RetrySeconds * Math.Pow(2, tries), LongestWait.TotalSeconds), share = jitter.NextDouble();
        // Clients that were all sent away until one moment are not all to come back in it.
        return fault.RetryAfter is { } asked ? asked + TimeSpan.FromSeconds(share * options.RetrySeconds) : TimeSpan.FromSeconds(own * (0.5 + share));
    }

    private ChatOptions Options(SamplingOptions sampling, ulong seed) => new()
    {
        Temperature = (float)sampling.Temperature,
        TopP = sampling.TopP < 1 ? (float)sampling.TopP : null,
        StopSequences = sampling.Stop is { Count: > 0 } stop ? [.. stop] : null,
        // Within 31 bits, which every endpoint takes.
        Seed = options.SendSeed ? (long)(seed >> 33) : null,
        RawRepresentationFactory = _ => Raw(sampling),
    };

    private ChatCompletionOptions Raw(SamplingOptions sampling)
    {
        ChatCompletionOptions raw = new();
#pragma warning disable SCME0001 // Members that are not OpenAI's own can be sent in no other way yet.
        raw.Patch.Set(TokenLimit == "max_tokens" ? "$.max_tokens"u8 : "$.max_completion_tokens"u8, sampling.MaxTokens);
        if (sampling.TopK > 0) raw.Patch.Set("$.top_k"u8, sampling.TopK);
        if (sampling.MinP > 0) raw.Patch.Set("$.min_p"u8, sampling.MinP);
        if (sampling.RepetitionPenalty != 1) raw.Patch.Set("$.repetition_penalty"u8, sampling.RepetitionPenalty);
#pragma warning restore SCME0001
        return raw;
    }

    private string TokenLimit => options.TokenLimit
        ?? (new Uri(options.Url).Host is var host && (host == "api.openai.com" || host.EndsWith(".azure.com", StringComparison.Ordinal)) ? "max_completion_tokens" : "max_tokens");
}
