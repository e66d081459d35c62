namespace Plum.Models;

/// <summary>
/// Seam 1: something that continues prompts. Failures of transport are the implementation's to retry. What it cannot mend for
/// one prompt is a completion with a <see cref="Completion.Failure"/>; what it cannot mend at all it throws, and the caller's
/// stage stops with everything before it on disk.
/// </summary>
public interface ILanguageModel
{
    /// <summary>Samples completions for several prompts at once.</summary>
    /// <param name="requests">The prompts. An implementation may batch them as it likes; no text may depend on how.</param>
    /// <param name="cancellation">Stops the work; what was done is lost.</param>
    /// <returns>For each request, in order, its completions in sample order.</returns>
    Task<IReadOnlyList<IReadOnlyList<Completion>>> SampleAsync(IReadOnlyList<SampleRequest> requests, CancellationToken cancellation);

    /// <summary>Renders a conversation the way the model was trained to see it.</summary>
    /// <param name="messages">The conversation, the last message the user's.</param>
    /// <returns>The prompt text, special tokens included.</returns>
    string RenderPrompt(IReadOnlyList<ChatMessage> messages);

    /// <summary>How many <see cref="SampleAsync"/> calls may usefully be under way at once.</summary>
    int Parallelism { get; }
}

/// <summary>A turn of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">What was said.</param>
public sealed record ChatMessage(string Role, string Content);

/// <summary>A prompt to be continued <paramref name="Count"/> times.</summary>
/// <param name="Prompt">The rendered prompt.</param>
/// <param name="Key">Sample i's draws depend on this key and i alone.</param>
/// <param name="Count">How many completions.</param>
/// <param name="Sampling">How tokens are drawn.</param>
/// <param name="Structured">How the same is asked of a model that can be held to a JSON schema; null where it cannot be asked so. Models that cannot
/// pass it over.</param>
public sealed record SampleRequest(string Prompt, DrawKey Key, int Count, SamplingOptions Sampling, StructuredForm? Structured = null);

/// <summary>A request whose answer is JSON of a given form.</summary>
/// <param name="Prompt">The rendered prompt, which asks for that form.</param>
/// <param name="Name">What the form is called: letters, digits, dashes and underscores.</param>
/// <param name="Schema">Its JSON schema; every member required and no others let in, as OpenAI's strict schemas are.</param>
public sealed record StructuredForm(string Prompt, string Name, string Schema);

/// <summary>How the next token is drawn.</summary>
/// <param name="Temperature">Divides the logits; 0 is greedy.</param>
/// <param name="MaxTokens">The most tokens of a completion.</param>
/// <param name="TopK">Keep the k most likely tokens; 0 keeps all.</param>
/// <param name="TopP">Keep the smallest set of tokens with this mass; 1 keeps all.</param>
/// <param name="MinP">Keep tokens at least this share as likely as the likeliest; 0 keeps all.</param>
/// <param name="RepetitionPenalty">Divides positive and multiplies negative logits of tokens already seen; 1 is off.</param>
/// <param name="Stop">Texts that end a completion; they are cut off.</param>
/// <param name="StopTokenIds">Tokens that end a completion beside the model's own end tokens; their text is not cut off.</param>
public sealed record SamplingOptions(
    double Temperature = 1.0,
    int MaxTokens = 512,
    int TopK = 0,
    double TopP = 1.0,
    double MinP = 0.0,
    double RepetitionPenalty = 1.0,
    IReadOnlyList<string>? Stop = null,
    IReadOnlyList<int>? StopTokenIds = null);

/// <summary>What a model answered.</summary>
/// <param name="Text">The text, special tokens left out.</param>
/// <param name="TokenIds">The tokens, the end token included where it was emitted; empty where the model does not tell.</param>
/// <param name="LogProbs">log p of each token at temperature 1 before any truncation; empty where the model does not tell.</param>
/// <param name="FinishReason"><c>stop</c> or <c>length</c>; <c>failed</c> where there is no answer.</param>
/// <param name="Usage">The tokens that it took; null where the model does not tell.</param>
/// <param name="Retried">The failures before the answer came, by kind (see <see cref="AnswerFailure"/>), in order; null for none.</param>
/// <param name="Failure">Why there is no answer; null where there is one.</param>
/// <param name="Author">Which of several models it is of; null where there is one model.</param>
public sealed record Completion(
    string Text,
    IReadOnlyList<int> TokenIds,
    IReadOnlyList<float> LogProbs,
    string FinishReason,
    TokenUsage? Usage = null,
    IReadOnlyList<string>? Retried = null,
    AnswerFailure? Failure = null,
    string? Author = null);

/// <summary>The tokens of a request and of its answer.</summary>
/// <param name="Prompt">Tokens of the prompt.</param>
/// <param name="Completion">Tokens of the answer, those of a hidden reasoning included.</param>
public sealed record TokenUsage(long Prompt, long Completion)
{
    /// <summary>What stands for the tokens of a model that does not tell: a third of the characters, more than most texts have.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="text">The answer; nothing is counted where it is empty.</param>
    internal static TokenUsage Guess(string prompt, string text) => text.Length == 0 ? new(0, 0) : new((prompt.Length + 2) / 3, (text.Length + 2) / 3);
}

/// <summary>Why a model gave no answer to a prompt.</summary>
/// <param name="Kind"><c>rate_limited</c>, <c>server_error</c>, <c>timed_out</c>, <c>no_connection</c>, <c>cut_off</c> (the connection closed before the
/// answer ended), <c>malformed</c> (not JSON, or another JSON), <c>empty</c> (no choices) or <c>refused</c> (the prompt is at fault).</param>
/// <param name="Message">What happened, for people.</param>
public sealed record AnswerFailure(string Kind, string Message);
