namespace Plum.Models;

/// <summary>An endpoint that speaks OpenAI's chat API, and how it is asked.</summary>
/// <param name="Url">Where its API begins, such as <c>http://127.0.0.1:8000/v1</c>.</param>
/// <param name="Model">What the endpoint calls the model; answers on record belong to this name.</param>
/// <param name="KeyVariable">The environment variable that holds the key. The key itself is never written anywhere.</param>
/// <param name="Parallelism">The most calls under way at once.</param>
/// <param name="TimeoutSeconds">The most seconds that a call may take, its whole answer included.</param>
/// <param name="Retries">How often a call that failed is made again.</param>
/// <param name="RetrySeconds">The wait before the first retry; each further one is twice as long, up to a minute, and each between half and one and a
/// half times that. A server's own Retry-After goes before.</param>
/// <param name="Stream">Whether answers are streamed: one whose connection closes early is then known for what it is.</param>
/// <param name="SendSeed">Whether the draw's seed is sent; some endpoints refuse it.</param>
/// <param name="TokenLimit">What the endpoint calls the most tokens of an answer; <c>max_completion_tokens</c> at OpenAI and Azure, <c>max_tokens</c> elsewhere,
/// where left out.</param>
/// <param name="PromptPrice">Money for a million tokens of prompts, in the currency of the budget; 0 where it costs nothing.</param>
/// <param name="CompletionPrice">Money for a million tokens of answers.</param>
/// <param name="Structured">Whether answers that can be had as JSON of a given form are asked for so (<c>response_format</c>): <c>on</c>, <c>off</c>, or <c>auto</c>,
/// which goes over to plain text where the endpoint refuses it.</param>
/// <param name="N">The most samples that one call asks for; 1 makes a call for each.</param>
public sealed record EndpointOptions(
    string Url,
    string Model,
    string KeyVariable = "OPENAI_API_KEY",
    int Parallelism = 8,
    double TimeoutSeconds = 300,
    int Retries = 6,
    double RetrySeconds = 0.5,
    bool Stream = true,
    bool SendSeed = true,
    string? TokenLimit = null,
    double PromptPrice = 0,
    double CompletionPrice = 0,
    string Structured = "auto",
    int N = 1)
{
    /// <summary>What is wrong with these options, in words that name the key; null where they can be used.</summary>
    public string? Fault =>
        !Uri.TryCreate(Url, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https") ? $"url is '{Url}'; it has to begin with http:// or https:// and name the root of the API, such as http://127.0.0.1:8000/v1"
        : uri.UserInfo.Length > 0 ? "url holds a name or a password; put the key into an environment variable and name that in key_variable"
        : string.IsNullOrWhiteSpace(Model) ? "model is empty; name the model as the endpoint calls it"
        : string.IsNullOrWhiteSpace(KeyVariable) ? "key_variable is empty; name an environment variable"
        : Parallelism < 1 ? $"parallelism is {Parallelism}; it has to be at least 1"
        : TimeoutSeconds is not (> 0 and <= 86_400) ? $"timeout_seconds is {TimeoutSeconds:R}; it has to be above 0 and at most 86400"
        : Retries is < 0 or > 100 ? $"retries is {Retries}; it has to be from 0 to 100"
        : RetrySeconds is not (> 0 and <= 60) ? $"retry_seconds is {RetrySeconds:R}; it has to be above 0 and at most 60"
        : TokenLimit is not (null or "max_tokens" or "max_completion_tokens") ? $"token_limit is '{TokenLimit}'; it can be max_tokens, max_completion_tokens"
        : PromptPrice is not (>= 0 and < double.PositiveInfinity) || CompletionPrice is not (>= 0 and < double.PositiveInfinity) ? "prompt_price and completion_price have to be at least 0"
        : Structured is not ("auto" or "on" or "off") ? $"structured is '{Structured}'; it can be auto, on, off"
        : N is < 1 or > 128 ? $"n is {N}; it has to be from 1 to 128"
        : null;
}
