using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Plum.Rounds;

/// <summary>
/// A recipe as JSON: every key is looked at before anything is read from it, so that a misspelt one is found with its line
/// and not taken for a default.
/// </summary>
internal static class RecipeText
{
    private static readonly JsonReaderOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Parses a recipe and checks its keys and the types of their values.</summary>
    /// <param name="name">The file, for messages.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="InputException">It is not JSON, or a key is unknown, there twice, or of the wrong type; the message names the line.</exception>
    public static JsonObject Parse(string name, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text.TrimStart('\uFEFF'));
        try
        {
            CheckKeys(name, utf8);
            _ = JsonSerializer.Deserialize<RunOptions>(utf8, PlumJson.Recipe);
            return JsonNode.Parse(utf8, documentOptions: new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!.AsObject();
        }
        catch (JsonException failure) when (Missing(failure) is { } missing)
        {
            throw new InputException($"{name}: needed keys are missing: {missing}: add them", failure);
        }
        catch (JsonException failure)
        {
            string line = failure.LineNumber is { } number ? $", line {number + 1}" : "";
            string what = failure.Path is { Length: > 2 } path && failure.InnerException is not JsonException
                ? $"the value of '{path[2..]}' has the wrong type: it is {TypeName(RecipeKeys.TypeAt(path[2..]))}"
                : $"not valid JSON: {failure.Message.Split(" LineNumber")[0].Split(" Path:")[0]}";
            throw new InputException($"{name}{line}: {what}", failure);
        }
    }

    /// <summary>What a value of a type looks like, in words.</summary>
    /// <param name="type">The type; null for one that is not known.</param>
    public static string TypeName(Type? type) => type switch
    {
        null => "another",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(ulong) => "a whole number, not negative",
        _ when type == typeof(double) => "a number",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(string) => "a text",
        _ when RecipeKeys.IsSection(type) => "an object: " + string.Join(", ", RecipeKeys.Of(type).Keys),
        _ => "a list",
    };

    private static void CheckKeys(string name, byte[] utf8)
    {
        Utf8JsonReader reader = new(utf8, Lenient);
        Stack<(Type? Record, string Section, HashSet<string> Seen, Type? Members)> open = [];
        string key = "";
        Type? next = typeof(RunOptions);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    if (open.TryPeek(out var around) && around.Members is not null) (next, key) = (around.Members, around.Section);
                    open.Push((next is not null && RecipeKeys.IsSection(next) ? next : null, key.Length > 0 ? key + "." : "", [], null));
                    break;
                case JsonTokenType.StartArray when open.Count > 0:
                    open.Push((null, key, [], RecipeKeys.MembersOf(next)));
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    open.Pop();
                    break;
                case JsonTokenType.PropertyName:
                    (Type? record, string section, HashSet<string> seen, _) = open.Peek();
                    string own = reader.GetString()!;
                    key = section + own;
                    if (!seen.Add(own))
                        throw new InputException($"{name}, line {Line(utf8, reader.TokenStartIndex)}: '{key}' is there twice: remove one of the two");
                    next = null;
                    if (record is not null && !RecipeKeys.Of(record).TryGetValue(own, out next))
                        throw new InputException($"{name}, line {Line(utf8, reader.TokenStartIndex)}: unknown key '{key}': {RecipeKeys.Remedy(key)}");
                    break;
                default:
                    if (open.Count == 0) throw new InputException($"{name}: a recipe is a JSON object: {{ \"policy\": ... }}");
                    break;
            }
        }
    }

    private static int Line(byte[] utf8, long at) => 1 + utf8.AsSpan(0, (int)at).Count((byte)'\n');

    private static string? Missing(JsonException failure)
    {
        const string Words = "including: ";
        int at = failure.Message.IndexOf(Words, StringComparison.Ordinal);
        return failure.Message.Contains("missing required properties", StringComparison.Ordinal) && at >= 0
            ? failure.Message[(at + Words.Length)..].Split(". Path")[0].TrimEnd('.')
            : null;
    }
}
