using System.Text.Json.Serialization.Metadata;
using Plum.Text;

namespace Plum.Rounds;

/// <summary>The keys that a recipe may have, read off the records that it becomes.</summary>
internal static class RecipeKeys
{
    private static readonly string[] All = [.. Leaves("", typeof(RunOptions))];

    /// <summary>An object's keys and the types of their values.</summary>
    /// <param name="record">The record that the object becomes.</param>
    public static IReadOnlyDictionary<string, Type> Of(Type record) =>
        Properties(record).ToDictionary(property => property.Name, property => Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);

    /// <summary>Whether a value of this type is an object with keys of its own.</summary>
    /// <param name="type">The type.</param>
    public static bool IsSection(Type type) => type.Namespace?.StartsWith(nameof(Plum), StringComparison.Ordinal) == true
        && PlumJson.Recipe.GetTypeInfo(type).Kind == JsonTypeInfoKind.Object;

    /// <summary>The type of a list's members; null for what is no list.</summary>
    /// <param name="type">The type.</param>
    public static Type? MembersOf(Type? type) => type is { IsGenericType: true } && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    /// <summary>The type of the value at a dotted key; null where there is no such key.</summary>
    /// <param name="dotted">A key such as <c>training.beta</c> or <c>teachers[0].weight</c>.</param>
    public static Type? TypeAt(string dotted)
    {
        Type? type = typeof(RunOptions);
        foreach (string key in dotted.Split('.'))
        {
            string name = key.Split('[')[0];
            if (type is null || !IsSection(type) || !Of(type).TryGetValue(name, out type)) return null;
            if (name.Length < key.Length) type = MembersOf(type);
        }

        return type;
    }

    /// <summary>What to write instead of an unknown key.</summary>
    /// <param name="dotted">The unknown key.</param>
    public static string Remedy(string dotted)
    {
        string last = dotted[(dotted.LastIndexOf('.') + 1)..], section = dotted[..^last.Length];
        string[] here = [.. All.Where(key => key.StartsWith(section, StringComparison.Ordinal)).Select(key => key[section.Length..].Split('.')[0]).Distinct()];
        string? meant = Spelling.Closest(last, here) is { } sibling ? section + sibling
            : All.FirstOrDefault(key => key.EndsWith("." + last, StringComparison.Ordinal)) ?? Spelling.Closest(dotted, All);
        return meant is not null ? $"did you mean '{meant}'?"
            : here.Length > 0 ? $"known here: {string.Join(", ", here)}"
            : $"known: {string.Join(", ", Of(typeof(RunOptions)).Keys)}";
    }

    private static IEnumerable<string> Leaves(string section, Type record) => Of(record).SelectMany(key =>
        (MembersOf(key.Value) ?? key.Value) is var inner && IsSection(inner) ? Leaves($"{section}{key.Key}.", inner).Prepend(section + key.Key) : [section + key.Key]);

    private static IEnumerable<JsonPropertyInfo> Properties(Type record) =>
        PlumJson.Recipe.GetTypeInfo(record).Properties.Where(property => property.Get is not null);
}
