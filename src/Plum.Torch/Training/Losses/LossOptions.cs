using System.Text.Json;

namespace Plum.Torch.Training.Losses;

/// <summary>One loss of a recipe, read option by option; what nobody read is unknown.</summary>
internal sealed class LossOptions
{
    private readonly Dictionary<string, JsonElement> given = new(StringComparer.Ordinal);
    private readonly SortedSet<string> known = new(StringComparer.Ordinal);

    private LossOptions(string name) => Name = name;

    public string Name { get; }

    public static LossOptions Read(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String) return new LossOptions(element.GetString()!);
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String)
            throw new InputException("A loss in a recipe is a name or an object with a name: \"kto\", or {\"name\": \"simpo\", \"beta\": 2.5}.");
        LossOptions options = new(name.GetString()!);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Name != "name") options.given[property.Name] = property.Value;
        }

        return options;
    }

    public double Beta(double otherwise = 0.1) => Number("beta", otherwise, 1e-12, double.MaxValue);

    public double Smoothing() => Number("label_smoothing", 0, 0, 0.4999999);

    public double? ClassWeight(string key) => Value(key) is null ? null : Number(key, 1, 0, double.MaxValue);

    public double Number(string key, double otherwise, double least, double most)
    {
        if (Value(key) is not { } value) return otherwise;
        return value.ValueKind == JsonValueKind.Number && value.GetDouble() is double number && number >= least && number <= most
            ? number
            : throw Bad(key, value, $"a number from {least:R} to {most:R}");
    }

    public bool Flag(string key, bool otherwise) => Value(key) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Bad(key, value, "true or false"),
    };

    public string Text(string key, string otherwise) => Value(key) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.String } value => value.GetString()!,
        { } value => throw Bad(key, value, "a text"),
    };

    public T Choice<T>(string key, T otherwise)
        where T : struct, Enum
    {
        string chosen = Text(key, otherwise.ToString().ToLowerInvariant());
        string[] names = [.. Enum.GetNames<T>().Select(name => name.ToLowerInvariant())];
        return names.Contains(chosen, StringComparer.Ordinal)
            ? Enum.Parse<T>(chosen, ignoreCase: true)
            : throw new InputException($"{key} of the loss {Name} is '{chosen}'; it can be {string.Join(", ", names)}.");
    }

    /// <summary>Fails on the first option that no reader asked for.</summary>
    public void RejectUnknown()
    {
        foreach (string key in given.Keys)
        {
            if (!known.Contains(key))
                throw new InputException($"The loss {Name} has no option '{key}'. It has: {string.Join(", ", known)}.");
        }
    }

    private JsonElement? Value(string key)
    {
        known.Add(key);
        return given.TryGetValue(key, out JsonElement value) ? value : null;
    }

    private InputException Bad(string key, JsonElement value, string wanted) =>
        new($"{key} of the loss {Name} is {value.GetRawText()}; it must be {wanted}.");
}
