using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Plum.Text;

/// <summary>Says what is wrong with a line of JSON in words that name the key or the column, and what to do.</summary>
internal static class LineFault
{
    /// <summary>One sentence and its remedy, without file and line.</summary>
    /// <typeparam name="T">The record that was wanted.</typeparam>
    /// <param name="failure">What the parser threw.</param>
    public static string Describe<T>(JsonException failure)
    {
        // The parser names a line within the text, always the first here, and a byte, which helps.
        string column = failure.BytePositionInLine is { } position ? $" at byte {position + 1}" : "";
        if (failure.InnerException is JsonException or System.Text.DecoderFallbackException || failure.Path is null)
            return $"not valid JSON{column}: a line holds one whole JSON object in UTF-8; repair or remove the line";
        if (failure.Message.Contains("missing required properties", StringComparison.Ordinal))
            return $"needed keys are missing{Quoted(failure.Message)}{(failure.Path is "$" ? "" : $" in '{failure.Path}'")}: add them; a line has {Keys<T>()}";
        return $"the value of '{failure.Path}'{column} has the wrong kind: correct it; a line has {Keys<T>()}";
    }

    private static string Quoted(string message)
    {
        int colon = message.IndexOf("including: ", StringComparison.Ordinal);
        if (colon < 0) return "";
        string list = message[(colon + "including: ".Length)..];
        int end = list.IndexOf(". Path", StringComparison.Ordinal);
        return $" ({(end < 0 ? list.TrimEnd('.') : list[..end])})";
    }

    private static string Keys<T>() =>
        string.Join(", ", PlumJson.Lines.GetTypeInfo(typeof(T)).Properties.Where(property => property.Get is not null).Select(Key));

    private static string Key(JsonPropertyInfo property) => property.IsRequired ? property.Name : $"[{property.Name}]";
}
