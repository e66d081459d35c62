using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;

namespace Plum.Models;

/// <summary>
/// A model behind an endpoint that speaks OpenAI's chat API: OpenAI, Azure, vLLM, SGLang, llama.cpp, Ollama, <c>plum serve</c>.
/// Each sample is a call of its own, with a seed of its own, so that one can be retried, recorded and replayed without the others;
/// where the options let a call ask for several choices, the call has the seed of its first sample.
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
    private readonly EndpointAbilities abilities;

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
        abilities = new(options);
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
        Completion[][] answers = [.. requests.Select(request => new Completion[request.Count])];
        await Task.WhenAll(requests.Select((request, at) =>
            FillAsync([.. Enumerable.Range(0, request.Count)], answers[at], samples => AskOrStopAsync(request, samples)))).ConfigureAwait(false);
        return answers;

        async Task<IReadOnlyList<Completion>> AskOrStopAsync(SampleRequest request, int[] samples)
        {
            try
            {
                return (await AskAsync(request, samples, stop.Token).ConfigureAwait(false)).Choices;
            }
            catch (ModelStoppedException)
            {
                await stop.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Fills in samples, a call for as many at once as the endpoint takes. A call that gives fewer is followed by another.</summary>
    /// <param name="samples">Which of a request's samples.</param>
    /// <param name="answers">The request's answers, by sample.</param>
    /// <param name="ask">Makes a call, as <see cref="AskAsync"/>.</param>
    internal Task FillAsync(int[] samples, Completion?[] answers, Func<int[], Task<IReadOnlyList<Completion>>> ask) =>
        Task.WhenAll(samples.Chunk(abilities.Choices).Select(async call =>
        {
            for (int done = 0; done < call.Length;)
            {
                foreach (Completion choice in await ask(call[done..]).ConfigureAwait(false)) answers[call[done++]] = choice;
            }
        }));

    /// <summary>Recalls what answers on record have shown that the endpoint can.</summary>
    /// <param name="form">Whether one was of a form that it was asked to have.</param>
    /// <param name="retried">The kinds of the failures before them.</param>
    internal void Recall(bool form, IReadOnlySet<string> retried) => abilities.Recall(form, retried);

    /// <summary>A request as it may be answered, the way that is tried first in the first place.</summary>
    /// <param name="request">The request.</param>
    internal IReadOnlyList<SampleRequest> FormsOf(SampleRequest request) => abilities.FormsOf(request);

    /// <summary>Asks for samples of a request in one call.</summary>
    /// <param name="request">The request; its prompt is one of <see cref="RenderPrompt"/>.</param>
    /// <param name="samples">Which of its samples, from 0: no more than fit into a call. The call's draws are keyed by the first.</param>
    /// <param name="cancellation">Gives the call up.</param>
    /// <returns>Their answers, or why there are none. They may be fewer: the others have to be asked for again.</returns>
    /// <exception cref="ModelStoppedException">As for <see cref="SampleAsync"/>.</exception>
    internal async Task<EndpointAnswer> AskAsync(SampleRequest request, IReadOnlyList<int> samples, CancellationToken cancellation)
    {
        ulong seed = request.Key.StreamSeed(samples[0]);
        RandomStream jitter = new(seed);
        List<EndpointCall> refused = [];
        List<string> retried = [];
        await slots.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            Queue<EndpointCall> ways = new(abilities.WaysToAsk(request, samples.Count));
            while (true)
            {
                health.ThrowIfDead();
                EndpointCall call = ways.Peek();
                (IReadOnlyList<Completion>? answers, EndpointFault? fault) = await TryAsync(call, request.Sampling, seed, cancellation).ConfigureAwait(false);
                if (answers is not null)
                {
                    health.Answered();
                    string[] tries = [.. abilities.Learn(refused, call, answers.Count), .. retried];
                    return new(call.Form is not null, [answers[0] with { Retried = tries.Length > 0 ? tries : null }, .. answers.Skip(1)]);
                }

                if (fault!.IsRefusal && ways.Count > 1)
                {
                    refused.Add(ways.Dequeue());
                    continue;
                }

                TimeSpan wait = WaitFor(fault, retried.Count, jitter);
                if (!fault.Mendable || retried.Count >= options.Retries || wait > LongestAskedFor)
                {
                    health.GaveUp(fault);
                    string[] tries = [.. refused.Select(_ => fault.Kind), .. retried];
                    Completion none = new("", [], [], "failed", null, null, new(fault.Kind, fault.Message));
                    return new((refused.Count > 0 ? refused[0] : call).Form is not null, [none with { Retried = tries.Length > 0 ? tries : null }, .. samples.Skip(1).Select(_ => none)]);
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

    private async Task<(IReadOnlyList<Completion>? Answers, EndpointFault? Fault)> TryAsync(
        EndpointCall call, SamplingOptions sampling, ulong seed, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(options.TimeoutSeconds), time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            Microsoft.Extensions.AI.ChatMessage[] messages =
                [.. ConversationText.Read(call.Prompt).Select(turn => new Microsoft.Extensions.AI.ChatMessage(new ChatRole(turn.Role), turn.Content))];
            ChatOptions how = Options(call, sampling, seed);
            return (options.Stream
                ? await StreamAsync(messages, how, call.Choices, sampling.MaxTokens, either.Token).ConfigureAwait(false)
                : Whole(await client.GetResponseAsync(messages, how, either.Token).ConfigureAwait(false), call.Choices), null);
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

    private async Task<IReadOnlyList<Completion>> StreamAsync(
        Microsoft.Extensions.AI.ChatMessage[] messages, ChatOptions how, int count, int maxTokens, CancellationToken cancellation)
    {
        EndpointChoices choices = new(count, (long)maxTokens * CharactersPerToken);
        UsageDetails? usage = null;
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(messages, how, cancellation).ConfigureAwait(false))
        {
            if (count > 1) choices.Add(update.RawRepresentation);
            else choices.Add(update.Text, update.FinishReason is { } reason ? Finish(reason) : null);
            usage = update.Contents.OfType<UsageContent>().LastOrDefault()?.Details ?? usage;
            if (choices.Enough) break;
        }

        return Shared(choices.Whole(), usage);
    }

    private static IReadOnlyList<Completion> Whole(ChatResponse response, int count)
    {
        if (response.Messages.Count == 0 || response.FinishReason is not { } reason) throw new EndpointException(EndpointFault.Empty);
        EndpointChoices choices = new(count, long.MaxValue);
        if (count > 1) choices.Add(response.RawRepresentation);
        else choices.Add(response.Text, Finish(reason));
        return Shared(choices.Whole(), response.Usage);
    }

    // A call's tokens are told as one sum: the prompt's are the first choice's, the answers' are shared out.
    private static IReadOnlyList<Completion> Shared(IReadOnlyList<Completion> choices, UsageDetails? usage)
    {
        if (usage is not { InputTokenCount: { } prompt, OutputTokenCount: { } completion }) return choices;
        long each = completion / choices.Count, first = completion - each * (choices.Count - 1);
        return [.. choices.Select((choice, at) => choice with { Usage = at == 0 ? new(prompt, first) : new(0, each) })];
    }

    private static string Finish(Microsoft.Extensions.AI.ChatFinishReason reason) => reason == Microsoft.Extensions.AI.ChatFinishReason.Length ? "length" : "stop";

    private TimeSpan WaitFor(EndpointFault fault, int tries, RandomStream jitter)
    {
        double own = Math.Min(options.RetrySeconds * Math.Pow(2, tries), LongestWait.TotalSeconds), share = jitter.NextDouble();
        // Clients that were all sent away until one moment are not all to come back in it.
        return fault.RetryAfter is { } asked ? asked + TimeSpan.FromSeconds(share * options.RetrySeconds) : TimeSpan.FromSeconds(own * (0.5 + share));
    }

    private ChatOptions Options(EndpointCall call, SamplingOptions sampling, ulong seed) => new()
    {
        Temperature = (float)sampling.Temperature,
        TopP = sampling.TopP < 1 ? (float)sampling.TopP : null,
        StopSequences = sampling.Stop is { Count: > 0 } stop ? [.. stop] : null,
        // Within 31 bits, which every endpoint takes.
        Seed = options.SendSeed ? (long)(seed >> 33) : null,
        ResponseFormat = call.Form is { } form ? Microsoft.Extensions.AI.ChatResponseFormat.ForJsonSchema(JsonElement.Parse(form.Schema), form.Name) : null,
        AdditionalProperties = call.Form is null ? null : new() { ["strict"] = true },
        RawRepresentationFactory = _ => Raw(sampling, call.Choices),
    };

    private ChatCompletionOptions Raw(SamplingOptions sampling, int choices)
    {
        ChatCompletionOptions raw = new();
#pragma warning disable SCME0001 // Members that are not OpenAI's own can be sent in no other way yet.
        raw.Patch.Set(TokenLimit == "max_tokens" ? "$.max_tokens"u8 : "$.max_completion_tokens"u8, sampling.MaxTokens);
        if (choices > 1) raw.Patch.Set("$.n"u8, choices);
        if (sampling.TopK > 0) raw.Patch.Set("$.top_k"u8, sampling.TopK);
        if (sampling.MinP > 0) raw.Patch.Set("$.min_p"u8, sampling.MinP);
        if (sampling.RepetitionPenalty != 1) raw.Patch.Set("$.repetition_penalty"u8, sampling.RepetitionPenalty);
#pragma warning restore SCME0001
        return raw;
    }

    private string TokenLimit => options.TokenLimit
        ?? (new Uri(options.Url).Host is var host && (host == "api.openai.com" || host.EndsWith(".azure.com", StringComparison.Ordinal)) ? "max_completion_tokens" : "max_tokens");
}
