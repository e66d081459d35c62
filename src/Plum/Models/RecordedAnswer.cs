using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Plum.Models;

/// <summary>A line of a record: what was asked and what came back.</summary>
/// <param name="Request">The request's hash, see <see cref="HashOf"/>.</param>
/// <param name="Teacher">The model's name.</param>
/// <param name="Purpose">What was asked for: the draw's purpose.</param>
/// <param name="Subject">Whom it was for: an instruction's id.</param>
/// <param name="Sample">Which of the request's samples.</param>
/// <param name="Prompt">The prompt as the model was given it.</param>
/// <param name="Text">The answer; empty where there is none.</param>
/// <param name="FinishReason">As in <see cref="Completion"/>.</param>
/// <param name="Usage">Its tokens; null where the model did not tell.</param>
/// <param name="Cost">Money, by the prices at the time; null where it cost nothing.</param>
/// <param name="Seconds">From the first try to the answer.</param>
/// <param name="Retried">The kinds of the failures before it; null for none.</param>
/// <param name="Failure">Why there is no answer; null where there is one.</param>
/// <param name="Format">The name of the form that the answer was asked to have; null for plain text.</param>
public sealed record RecordedAnswer(
    string Request,
    string Teacher,
    string Purpose,
    string Subject,
    int Sample,
    string Prompt,
    string Text,
    string FinishReason,
    TokenUsage? Usage = null,
    double? Cost = null,
    double Seconds = 0,
    IReadOnlyList<string>? Retried = null,
    AnswerFailure? Failure = null,
    string? Format = null)
{
    /// <summary>
    /// The name of one sample of a request: 32 hex digits of SHA-256 over the model's name, how tokens are drawn, the key, the
    /// sample's number and the prompt; in a structured request over its prompt and schema. Whatever of these changes makes another
    /// request; nothing else does. How many samples a call asked for is no part of it.
    /// </summary>
    /// <param name="teacher">The model's name.</param>
    /// <param name="request">The request.</param>
    /// <param name="sample">Which of its samples.</param>
    public static string HashOf(string teacher, SampleRequest request, int sample)
    {
        ArgumentNullException.ThrowIfNull(request);
        DrawKey key = request.Key;
        string asked = JsonSerializer.Serialize(
            (string[])
            [
                teacher, JsonSerializer.Serialize(request.Sampling, PlumJson.Lines), $"{key.Seed} {key.Round} {sample}", key.Purpose, key.Subject,
                .. request.Structured is { } form ? [form.Prompt, form.Schema] : (string[])[request.Prompt],
            ], PlumJson.Lines);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(asked)))[..32];
    }

    /// <summary>The answer as the model gave it, but for tokens and their log-probabilities.</summary>
    internal Completion Completion => new(Text, [], [], FinishReason, Usage, Retried, Failure);
}
