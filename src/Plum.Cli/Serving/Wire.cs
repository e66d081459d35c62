using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Plum.Cli.Serving;

/// <summary>JSON as OpenAI's API spells it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChatBody))]
[JsonSerializable(typeof(CompletionBody))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelEntry))]
[JsonSerializable(typeof(ChatAnswer))]
[JsonSerializable(typeof(ChatChunk))]
[JsonSerializable(typeof(CompletionAnswer))]
internal sealed partial class Wire : JsonSerializerContext
{
    /// <summary>As <see cref="Default"/>, without spelling out every quote and sign of a program: no answer is ever put into a page.</summary>
    public static Wire Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
