using System.Text.Json;
using System.Text.Json.Nodes;

namespace Plum.Rounds;

/// <summary>Settings on top of a recipe, <c>training.beta=0.2</c>: as on a line of the recipe itself, texts without quotes.</summary>
internal static class RecipeSettings
{
    /// <summary>Puts a setting into a recipe.</summary>
    /// <param name="recipe">The recipe; changed in place.</param>
    /// <param name="setting">A dotted key, an equals sign, a value.</param>
    /// <returns>The key.</returns>
    /// <exception cref="InputException">There is no such key, or the value has the wrong type.</exception>
    public static string Apply(JsonObject recipe, string setting)
    {
        int equals = setting.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) throw new InputException($"--set {setting}: a setting is KEY=VALUE, such as training.beta=0.2");
        string dotted = setting[..equals].Trim(), value = setting[(equals + 1)..];
        if (dotted.Contains('[')) throw new InputException($"--set {setting}: a list's members cannot be set one by one: write them in a recipe file and name it");
        Type type = RecipeKeys.TypeAt(dotted) ?? throw new InputException($"--set {setting}: unknown key '{dotted}': {RecipeKeys.Remedy(dotted)}");
        string[] keys = dotted.Split('.');
        JsonObject section = recipe;
        foreach (string key in keys.SkipLast(1))
        {
            if (section[key] is not JsonObject inner) section[key] = inner = [];
            section = inner;
        }

        section[keys[^1]] = Value(setting, type, value);
        return dotted;
    }

    private static JsonNode? Value(string setting, Type type, string value)
    {
        if (value == "null") return null;
        if (type == typeof(string)) return JsonValue.Create(value);
        try
        {
            JsonNode? node = JsonNode.Parse(value);
            _ = node.Deserialize(type, PlumJson.Recipe);
            return node;
        }
        catch (JsonException failure)
        {
            throw new InputException($"--set {setting}: '{value}' has the wrong type: it is {RecipeText.TypeName(type)}", failure);
        }
    }
}
