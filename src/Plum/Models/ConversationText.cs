using System.Text.Json;

namespace Plum.Models;

/// <summary>A conversation as one text, for models that are sent messages rather than a rendered prompt.</summary>
internal static class ConversationText
{
    /// <summary>The messages as a JSON array.</summary>
    /// <param name="messages">The conversation.</param>
    public static string Write(IReadOnlyList<ChatMessage> messages) => JsonSerializer.Serialize(messages, PlumJson.Lines);

    /// <summary>The messages of such a text.</summary>
    /// <param name="prompt">What <see cref="Write"/> gave.</param>
    /// <exception cref="ArgumentException">It is no such text.</exception>
    public static IReadOnlyList<ChatMessage> Read(string prompt)
    {
        try
        {
            return JsonSerializer.Deserialize<IReadOnlyList<ChatMessage>>(prompt, PlumJson.Lines)!;
        }
        catch (JsonException failure)
        {
            throw new ArgumentException("The prompt was not rendered by this model.", nameof(prompt), failure);
        }
    }
}
