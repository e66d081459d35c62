using System.Text.Json;
using System.Text.Json.Serialization;

namespace Plum.Cli.Serving;

/// <summary>What the bodies of both kinds of request have in common: OpenAI's members, and vLLM's for more ways to draw.</summary>
internal abstract record GenerationBody
{
    public string? Model { get; init; }

    public int? N { get; init; }

    public int? MaxTokens { get; init; }

    public double? Temperature { get; init; }

    public double? TopP { get; init; }

    public int? TopK { get; init; }

    public double? MinP { get; init; }

    public double? RepetitionPenalty { get; init; }

    public double? PresencePenalty { get; init; }

    public double? FrequencyPenalty { get; init; }

    public long? Seed { get; init; }

    /// <summary>A text or a list of texts.</summary>
    public JsonElement? Stop { get; init; }

    /// <summary>Token ids.</summary>
    public int[]? StopTokenIds { get; init; }

    public JsonElement? LogitBias { get; init; }

    public bool? Stream { get; init; }

    public StreamOptions? StreamOptions { get; init; }

    public string? User { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>How a stream is to end.</summary>
internal sealed record StreamOptions(bool IncludeUsage = false, bool IncludeObfuscation = false);

/// <summary>The body of <c>POST /v1/chat/completions</c>.</summary>
internal sealed record ChatBody : GenerationBody
{
    public JsonElement? Messages { get; init; }

    public int? MaxCompletionTokens { get; init; }

    public bool? Logprobs { get; init; }

    public int? TopLogprobs { get; init; }

    public ResponseFormat? ResponseFormat { get; init; }
}

/// <summary>The form an answer is to have; only text can be asked for.</summary>
internal sealed record ResponseFormat(string? Type = null);

/// <summary>The body of <c>POST /v1/completions</c>.</summary>
internal sealed record CompletionBody : GenerationBody
{
    /// <summary>A text, a list of texts, a list of token ids, or a list of such lists.</summary>
    public JsonElement? Prompt { get; init; }

    public int? Logprobs { get; init; }

    public bool? Echo { get; init; }

    public int? BestOf { get; init; }

    public string? Suffix { get; init; }
}
