using System.Text.Json;

namespace Plum.Torch.Checkpoints;

/// <summary>A JSON object of a checkpoint folder, read key by key; a wrong type is an error that names file and key.</summary>
internal sealed class JsonSettings
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly JsonElement element;

    private JsonSettings(string file, JsonElement element)
    {
        File = file;
        this.element = element;
    }

    /// <summary>Where the object came from, for messages.</summary>
    public string File { get; }

    public JsonElement Element => element;

    public static JsonSettings Read(string file)
    {
        byte[] bytes;
        try
        {
            bytes = System.IO.File.ReadAllBytes(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{file} cannot be read ({error.Message}); a checkpoint folder needs it.", error);
        }

        return Parse(file, bytes);
    }

    public static JsonSettings Parse(string file, ReadOnlyMemory<byte> utf8)
    {
        try
        {
            if (utf8.Span.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
            using JsonDocument document = JsonDocument.Parse(utf8, Lenient);
            JsonElement root = document.RootElement.Clone();
            return root.ValueKind == JsonValueKind.Object
                ? new JsonSettings(file, root)
                : throw new InputException($"{file} holds {Name(root.ValueKind)} where a JSON object is expected.");
        }
        catch (JsonException error)
        {
            throw new InputException($"{file} is not valid JSON: {error.Message} Fetch it again.", error);
        }
    }

    /// <summary>An object inside an array of the same file.</summary>
    public static JsonSettings Of(string file, JsonElement element) => element.ValueKind == JsonValueKind.Object
        ? new JsonSettings(file, element)
        : throw new InputException($"{file} has {Name(element.ValueKind)} in a list where an object is expected.");

    /// <summary>The objects of a list; none where the key is absent.</summary>
    public IEnumerable<JsonSettings> Sections(string key)
    {
        if (Find(key) is not { } list) yield break;
        if (list.ValueKind != JsonValueKind.Array) throw Wrong(key, "a list of objects", list);
        foreach (JsonElement item in list.EnumerateArray()) yield return Of(File, item);
    }

    public bool Has(string key) => Find(key) is not null;

    public JsonElement? Find(string key) =>
        element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public JsonSettings? Section(string key) =>
        Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new JsonSettings(File, value)
        : throw Wrong(key, "an object", value);

    public int Int(string key) => IntOrNull(key) ?? throw Missing(key);

    public int Int(string key, int otherwise) => IntOrNull(key) ?? otherwise;

    public int? IntOrNull(string key) =>
        Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double real) && real == Math.Floor(real) && Math.Abs(real) <= int.MaxValue ? (int)real
        : throw Wrong(key, "an integer", value);

    public int Positive(string key) => Int(key) is > 0 and int number ? number : throw NotPositive(key);

    public int Positive(string key, int otherwise) => Int(key, otherwise) is > 0 and int number ? number : throw NotPositive(key);

    public double Double(string key) => DoubleOrNull(key) ?? throw Missing(key);

    public double Double(string key, double otherwise) => DoubleOrNull(key) ?? otherwise;

    public double? DoubleOrNull(string key) =>
        Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) ? number
        : throw Wrong(key, "a number", value);

    public bool Bool(string key, bool otherwise) => Find(key) is not { } value ? otherwise
        : value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(key, "true or false", value),
        };

    public string? TextOrNull(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Wrong(key, "a string", value);

    /// <summary>A number, a list of numbers, or nothing.</summary>
    public IReadOnlyList<int>? IntsOrNull(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array) return [Int(key)];
        List<int> numbers = [];
        foreach (JsonElement item in value.EnumerateArray())
            numbers.Add(item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int number) ? number : throw Wrong(key, "a list of integers", value));
        return numbers;
    }

    public InputException Wrong(string key, string expected, JsonElement value) =>
        new($"{File}: {key} is {Name(value.ValueKind)}; expected {expected}.");

    private InputException Missing(string key) => new($"{File}: {key} is missing; it is needed to know the model's shape.");

    private InputException NotPositive(string key) => new($"{File}: {key} has to be positive.");

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number of another kind",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
