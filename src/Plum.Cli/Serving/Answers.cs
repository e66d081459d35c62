using System.Text.Json.Serialization;

namespace Plum.Cli.Serving;

/// <summary>How many tokens a request took.</summary>
/// <param name="PromptTokens">Tokens of the prompts, each prompt once.</param>
/// <param name="CompletionTokens">Tokens drawn, the end tokens included.</param>
internal sealed record Usage(int PromptTokens, int CompletionTokens)
{
    public int TotalTokens => PromptTokens + CompletionTokens;
}

/// <summary>The answer of <c>GET /v1/models</c>.</summary>
internal sealed record ModelList(IReadOnlyList<ModelEntry> Data)
{
    public string Object { get; } = "list";
}

/// <summary>A model that can be asked.</summary>
internal sealed record ModelEntry(string Id, long Created, int MaxModelLen)
{
    public string Object { get; } = "model";

    public string OwnedBy { get; } = "plum";
}

/// <summary>A whole answer of <c>POST /v1/chat/completions</c>.</summary>
internal sealed record ChatAnswer(string Id, long Created, string Model, IReadOnlyList<ChatChoice> Choices, Usage Usage)
{
    public string Object { get; } = "chat.completion";
}

/// <summary>One of the answers.</summary>
internal sealed record ChatChoice(int Index, ChatTurn Message, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] ChatLogProbs? Logprobs, string FinishReason);

/// <summary>What the model said, or a piece of it.</summary>
internal sealed record ChatTurn(string? Role, string? Content);

/// <summary>A piece of a streamed answer.</summary>
internal sealed record ChatChunk(string Id, long Created, string Model, IReadOnlyList<ChatDelta> Choices, Usage? Usage)
{
    public string Object { get; } = "chat.completion.chunk";
}

/// <summary>What a piece adds to one of the answers.</summary>
internal sealed record ChatDelta(
    int Index,
    ChatTurn Delta,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] ChatLogProbs? Logprobs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? FinishReason);

/// <summary>The tokens of an answer and how likely they were.</summary>
internal sealed record ChatLogProbs(IReadOnlyList<ChatToken> Content);

/// <summary>A token drawn, and the likeliest in its place.</summary>
internal sealed record ChatToken(string Token, float Logprob, IReadOnlyList<int> Bytes, IReadOnlyList<ChatAlternative> TopLogprobs);

/// <summary>A token that could have been drawn.</summary>
internal sealed record ChatAlternative(string Token, float Logprob, IReadOnlyList<int> Bytes);

/// <summary>An answer of <c>POST /v1/completions</c>, whole or a piece.</summary>
internal sealed record CompletionAnswer(string Id, long Created, string Model, IReadOnlyList<CompletionChoice> Choices, Usage? Usage)
{
    public string Object { get; } = "text_completion";
}

/// <summary>One of the answers, or what a piece adds to it.</summary>
internal sealed record CompletionChoice(
    int Index,
    string Text,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] CompletionLogProbs? Logprobs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? FinishReason);

/// <summary>The tokens of an answer, how likely they were, and where each begins in the answer's text.</summary>
internal sealed record CompletionLogProbs(
    IReadOnlyList<string> Tokens,
    IReadOnlyList<float> TokenLogprobs,
    IReadOnlyList<IReadOnlyDictionary<string, float>> TopLogprobs,
    IReadOnlyList<int> TextOffset);
