using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Plum.Instructions;

/// <summary>
/// Where in an object a value stands: names with dots between them, <c>[0]</c> and <c>[-1]</c> for an element of a list,
/// <c>[from=human]</c> for the first element in which a key has a value: <c>conversations[from=human].value</c>.
/// A text that holds JSON is entered like JSON.
/// </summary>
internal sealed partial class ColumnPath
{
    private readonly string text;
    private readonly Func<JsonElement, JsonElement?>[] steps;

    private ColumnPath(string text, Func<JsonElement, JsonElement?>[] steps)
    {
        this.text = text;
        this.steps = steps;
    }

    /// <summary>Reads a path.</summary>
    /// <param name="text">The path; <c>$.</c> in front of it is allowed.</param>
    /// <exception cref="InputException">It is none.</exception>
    public static ColumnPath Parse(string text)
    {
        string path = text.StartsWith("$.", StringComparison.Ordinal) ? text[2..] : text;
        List<Func<JsonElement, JsonElement?>> steps = [];
        int at = 0;
        while (at < path.Length)
        {
            Match step = Step().Match(path, at);
            if (!step.Success || step.Groups["dot"].Success == (at == 0) && !step.Groups["list"].Success)
                throw new InputException($"'{text}': not a path to a column at '{path[at..]}': write names with dots, [0] for an element of a list, [role=user] for the first with that value");
            steps.Add(step.Groups["name"] is { Success: true, Value: var name } ? Entered(json => Member(json, name))
                : step.Groups["index"] is { Success: true, Value: var index } ? Entered(json => Element(json, int.Parse(index, CultureInfo.InvariantCulture)))
                : Entered(json => First(json, step.Groups["key"].Value, step.Groups["value"].Value)));
            at += step.Length;
        }

        return steps.Count > 0 ? new(text, [.. steps]) : throw new InputException("a column's path is empty: name a key of the file's objects");
    }

    /// <summary>The value; null where there is none.</summary>
    /// <param name="row">The object.</param>
    public JsonElement? Find(JsonElement row)
    {
        JsonElement? at = row;
        foreach (Func<JsonElement, JsonElement?> step in steps)
        {
            if (at is not { } json) return null;
            at = step(json);
        }

        return at is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } ? at : null;
    }

    /// <inheritdoc/>
    public override string ToString() => text;

    private static Func<JsonElement, JsonElement?> Entered(Func<JsonElement, JsonElement?> step) => json => step(json.ValueKind == JsonValueKind.String ? Parsed(json) : json);

    private static JsonElement Parsed(JsonElement text)
    {
        string inner = text.GetString()!;
        if (!inner.AsSpan().TrimStart().StartsWith("[") && !inner.AsSpan().TrimStart().StartsWith("{")) return default;
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(inner);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static JsonElement? Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement member) ? member : null;

    private static JsonElement? Element(JsonElement json, int index)
    {
        if (json.ValueKind != JsonValueKind.Array) return null;
        int at = index < 0 ? json.GetArrayLength() + index : index;
        return at >= 0 && at < json.GetArrayLength() ? json[at] : null;
    }

    private static JsonElement? First(JsonElement json, string key, string value)
    {
        if (json.ValueKind != JsonValueKind.Array) return null;
        foreach (JsonElement element in json.EnumerateArray())
        {
            if (Member(element, key) is { } member && member.ToString() == value) return element;
        }

        return null;
    }

    [GeneratedRegex(@"\G(?:(?<dot>\.)?(?<name>[^.\[\]=]+)|(?<list>\[)(?:(?<index>-?\d+)|(?<key>[^\]=]+)=(?<value>[^\]]*))\])")]
    private static partial Regex Step();
}
