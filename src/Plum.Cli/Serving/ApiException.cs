using System.Text.Json.Serialization;

namespace Plum.Cli.Serving;

/// <summary>A request that is answered with an error in OpenAI's shape.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">What is wrong and what to do about it.</param>
/// <param name="param">The member of the body at fault; null where it is none.</param>
/// <param name="code">What programs tell errors apart by; null where the status does.</param>
internal sealed class ApiException(int status, string message, string? param = null, string? code = null) : Exception(message)
{
    public int Status => status;

    /// <summary>Seconds after which the same request may do better; null where it never will.</summary>
    public int? RetryAfter { get; init; }

    public ErrorAnswer Answer => new(new ErrorDetail(Message, status >= 500 ? "server_error" : status == 429 ? "rate_limit_error" : "invalid_request_error", param, code));

    public static ApiException Bad(string? param, string message, string? code = null) => new(400, message, param, code);

    public static ApiException Stopping() => new(503, "The server is stopping.", code: "stopping") { RetryAfter = 5 };
}

/// <summary>The body of an error.</summary>
internal sealed record ErrorAnswer(ErrorDetail Error);

/// <summary>What went wrong.</summary>
internal sealed record ErrorDetail(
    string Message,
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code);
