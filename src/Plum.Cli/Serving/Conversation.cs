using System.Text.Json;
using System.Text.Json.Nodes;

namespace Plum.Cli.Serving;

/// <summary>The messages of a chat, made into what chat templates expect: each content one text.</summary>
internal static class Conversation
{
    private static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool"];

    /// <summary>Reads the messages.</summary>
    /// <param name="messages">The member <c>messages</c> of a body.</param>
    /// <returns>As many messages, other members of theirs kept.</returns>
    /// <exception cref="ApiException">There is none, or one cannot be used.</exception>
    public static JsonElement Read(JsonElement? messages)
    {
        if (messages is not { ValueKind: JsonValueKind.Array } list) throw ApiException.Bad("messages", "messages has to be a list of messages.", "invalid_type");
        if (list.GetArrayLength() == 0) throw ApiException.Bad("messages", "messages is empty; it needs at least one message.", "empty_array");
        JsonArray conversation = [.. list.EnumerateArray().Select((message, at) => (JsonNode)Message(message, $"messages[{at}]"))];
        using JsonDocument document = JsonDocument.Parse(conversation.ToJsonString());
        return document.RootElement.Clone();
    }

    private static JsonObject Message(JsonElement message, string at)
    {
        if (message.ValueKind != JsonValueKind.Object) throw ApiException.Bad(at, $"{at} has to be an object with role and content.", "invalid_type");
        JsonObject plain = JsonObject.Create(message)!;
        if (!message.TryGetProperty("role", out JsonElement role) || role.ValueKind != JsonValueKind.String || !Roles.Contains(role.GetString()))
            throw ApiException.Bad($"{at}.role", $"{at}.role has to be one of {string.Join(", ", Roles)}.");
        if (role.GetString() == "developer") plain["role"] = "system";
        bool mayBeSilent = role.GetString() == "assistant";
        plain["content"] = message.TryGetProperty("content", out JsonElement content) ? Content(content, $"{at}.content", mayBeSilent) : Content(default, $"{at}.content", mayBeSilent);
        return plain;
    }

    private static string Content(JsonElement content, string at, bool mayBeSilent) => content.ValueKind switch
    {
        JsonValueKind.String => content.GetString()!,
        JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(part => Part(part, at))),
        JsonValueKind.Null or JsonValueKind.Undefined when mayBeSilent => "",
        _ => throw ApiException.Bad(at, $"{at} has to be a text or a list of text parts.", "invalid_type"),
    };

    private static string Part(JsonElement part, string at) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("text")
        && part.TryGetProperty("text", out JsonElement text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw ApiException.Bad(at, $"{at} has a part that is no text; the model reads text alone.");
}
