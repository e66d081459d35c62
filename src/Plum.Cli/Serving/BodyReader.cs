using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Plum.Text;

namespace Plum.Cli.Serving;

/// <summary>Reads a request's body, and says what is wrong with one that cannot be used.</summary>
internal static class BodyReader
{
    /// <summary>Members of OpenAI's that change nothing here.</summary>
    private static readonly string[] Harmless =
        ["metadata", "store", "service_tier", "parallel_tool_calls", "safety_identifier", "prompt_cache_key", "prompt_cache_retention"];

    /// <summary>Members of OpenAI's and vLLM's with values that ask for what is done anyway: clients send them unasked.</summary>
    private static readonly (string Name, string Value)[] Neutral =
    [
        ("tools", "[]"), ("functions", "[]"), ("tool_choice", "\"none\""), ("tool_choice", "\"auto\""), ("function_call", "\"none\""), ("function_call", "\"auto\""),
        ("modalities", "[\"text\"]"), ("ignore_eos", "false"), ("min_tokens", "0"), ("skip_special_tokens", "true"), ("include_stop_str_in_output", "false"),
        ("use_beam_search", "false"), ("length_penalty", "1"), ("early_stopping", "false"), ("add_generation_prompt", "true"), ("continue_final_message", "false"),
    ];

    /// <summary>Reads a body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="type">What its body is.</param>
    /// <param name="most">The most bytes that it may have.</param>
    /// <exception cref="ApiException">It is too long, no JSON, of a wrong type, or asks for what there is not.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, long most)
        where T : GenerationBody
    {
        // A page in a browser can send other types to this port without asking first.
        if (!request.HasJsonContentType()) throw new ApiException(415, "The body has to be JSON: send Content-Type: application/json.");
        using JsonDocument document = Parse(await BytesAsync(request, most).ConfigureAwait(false));
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw ApiException.Bad(null, "The body has to be a JSON object.");
        T body = Convert(root, type);
        foreach (string name in body.Others?.Keys.Except(Harmless) ?? [])
        {
            if (AsksForNothing(name, body.Others![name])) continue;
            string meant = Spelling.Closest(name, type.Properties.Select(property => property.Name)) is { } known ? $" Did you mean {known}?" : "";
            throw ApiException.Bad(name, $"{name} is not supported.{meant}", "unsupported_parameter");
        }

        return body;
    }

    private static bool AsksForNothing(string name, JsonElement value) => value.ValueKind is JsonValueKind.Null || Neutral.Any(member =>
    {
        if (member.Name != name) return false;
        using JsonDocument neutral = JsonDocument.Parse(member.Value);
        return JsonElement.DeepEquals(neutral.RootElement, value);
    });

    /// <summary>The answer to a body that is too long.</summary>
    public static ApiException TooLong(long most) => new(413, $"The body has more than {most} bytes; this server takes no more.", code: "body_too_long");

    /// <summary>What is too long is read to its end all the same: a client that is still sending would not see the answer.</summary>
    private static async Task<byte[]> BytesAsync(HttpRequest request, long most)
    {
        using MemoryStream bytes = new();
        byte[] part = new byte[1 << 16];
        long total = 0;
        for (int read; (read = await request.Body.ReadAsync(part, request.HttpContext.RequestAborted).ConfigureAwait(false)) > 0;)
        {
            total += read;
            if (total <= most) bytes.Write(part, 0, read);
        }

        return total <= most ? bytes.ToArray() : throw TooLong(most);
    }

    private static JsonDocument Parse(byte[] bytes)
    {
        if (!Utf8.IsValid(bytes)) throw ApiException.Bad(null, "The body is not UTF-8.");
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(bytes);
            CheckTexts(document.RootElement);
            return document;
        }
        catch (JsonException fault)
        {
            throw ApiException.Bad(null, $"The body is not JSON: line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}.");
        }
        catch (InvalidOperationException)
        {
            document?.Dispose();
            throw ApiException.Bad(null, "A text in the body has half of a surrogate pair.");
        }
    }

    private static void CheckTexts(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            element.GetString();
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray()) CheckTexts(item);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                _ = property.Name;
                CheckTexts(property.Value);
            }
        }
    }

    private static T Convert<T>(JsonElement root, JsonTypeInfo<T> type)
    {
        try
        {
            return root.Deserialize(type)!;
        }
        catch (JsonException fault)
        {
            string path = (fault.Path ?? "$").TrimStart('$', '.');
            Type? wanted = type.Properties.FirstOrDefault(property => property.Name == path)?.PropertyType;
            throw ApiException.Bad(path.Length > 0 ? path : null, $"{(path.Length > 0 ? path : "The body")} {Wanted(wanted)}.", "invalid_type");
        }
    }

    private static string Wanted(Type? type) => type switch
    {
        _ when type == typeof(int?) => "has to be a whole number of at most 32 bits",
        _ when type == typeof(long?) => "has to be a whole number of at most 64 bits",
        _ when type == typeof(double?) => "has to be a number",
        _ when type == typeof(bool?) => "has to be true or false",
        _ when type == typeof(string) => "has to be a text",
        _ => "has the wrong type",
    };
}
