using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Plum.Models;

/// <summary>What a failed call means: for the prompt, for the next try, and for the endpoint as a whole.</summary>
/// <param name="Kind">One of the kinds of <see cref="AnswerFailure"/>.</param>
/// <param name="Message">What happened, the key blotted out.</param>
/// <param name="Mendable">Whether the same call may do better later.</param>
/// <param name="Ends">Whether no call to this endpoint can do better: it lets nobody in, or knows no such model.</param>
/// <param name="RetryAfter">How long the server asks to wait; null where it does not.</param>
internal sealed record EndpointFault(string Kind, string Message, bool Mendable = true, bool Ends = false, TimeSpan? RetryAfter = null)
{
    /// <summary>The kind of a try that was refused for the form that it asked the answer to have.</summary>
    public const string FormatRefused = "format_refused";

    /// <summary>The kind of a try that was refused for asking for several choices.</summary>
    public const string ChoicesRefused = "n_refused";

    private const int MostShown = 300;

    /// <summary>Whether the call itself is at fault, so that one of another form may do better.</summary>
    public bool IsRefusal => Kind == "refused" && !Ends;

    /// <summary>The answer came to an end that is none.</summary>
    public static EndpointFault CutOff { get; } = new("cut_off", "the connection closed before the answer ended");

    /// <summary>There was no choice in the answer.</summary>
    public static EndpointFault Empty { get; } = new("empty", "the answer holds no choices");

    /// <summary>The call took longer than it may.</summary>
    /// <param name="seconds">How long it may take.</param>
    public static EndpointFault TimedOut(double seconds) => new("timed_out", $"no whole answer within {seconds:R} s (timeout_seconds)");

    /// <summary>Tells what an exception of a call means.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="now">The time, for a Retry-After that names a date.</param>
    /// <param name="key">The key, which no message may show; null where there is none.</param>
    public static EndpointFault Of(Exception failure, DateTimeOffset now, string? key) => failure switch
    {
        EndpointException own => own.Fault,
        ClientResultException { Status: > 0 } answered => OfStatus(answered, now, key),
        ClientResultException { InnerException: { } inner } => Of(inner, now, key),
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse } => CutOff,
        HttpRequestException unreachable => new("no_connection", Short(unreachable.Message, key)),
        IOException => CutOff,
        _ => new("malformed", "the answer is not OpenAI's JSON" + (failure is JsonException ? "" : $" ({failure.GetType().Name})")),
    };

    private static EndpointFault OfStatus(ClientResultException failure, DateTimeOffset now, string? key)
    {
        int status = failure.Status;
        PipelineResponse? response = failure.GetRawResponse();
        string message = $"HTTP {status}: {Short(Said(response) ?? failure.Message, key)}";
        return status switch
        {
            401 or 402 or 403 or 404 or 405 or 407 => new("refused", message, Mendable: false, Ends: true),
            429 => new("rate_limited", message, RetryAfter: Wait(response, now)),
            408 or 409 or 425 or >= 500 => new("server_error", message, RetryAfter: Wait(response, now)),
            < 300 => new("malformed", message),
            _ => new("refused", message, Mendable: false),
        };
    }

    private static TimeSpan? Wait(PipelineResponse? response, DateTimeOffset now)
    {
        if (response is null || !response.Headers.TryGetValue("Retry-After", out string? text) || !RetryConditionHeaderValue.TryParse(text, out RetryConditionHeaderValue? wait)) return null;
        TimeSpan span = wait.Delta ?? wait.Date!.Value - now;
        return span > TimeSpan.Zero ? span : TimeSpan.Zero;
    }

    // OpenAI's form of an error, or the beginning of whatever the body is.
    private static string? Said(PipelineResponse? response)
    {
        if (response?.Content.ToString() is not { Length: > 0 } body) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return document.RootElement.GetProperty("error").GetProperty("message").GetString();
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return body;
        }
    }

    // The key goes before the text is cut: half of it would be no better.
    private static string Short(string text, string? key)
    {
        string line = (key is null ? text : text.Replace(key, "[key]", StringComparison.Ordinal)).ReplaceLineEndings(" ").Trim();
        return line.Length <= MostShown ? line : string.Concat(line.AsSpan(0, MostShown), "...");
    }
}

/// <summary>Carries a fault that was found in an answer out of the call.</summary>
/// <param name="fault">The fault.</param>
internal sealed class EndpointException(EndpointFault fault) : Exception(fault.Message)
{
    /// <summary>What is wrong with the answer.</summary>
    public EndpointFault Fault => fault;
}
