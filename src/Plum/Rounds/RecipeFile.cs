using System.Text.Json;
using System.Text.Json.Nodes;

namespace Plum.Rounds;

/// <summary>
/// Recipes: JSON with comments that becomes <see cref="RunOptions"/>, once, with everything checked. A path in a recipe is
/// relative to the recipe's folder, one in a setting to the current folder; <c>plum:</c> begins a path below Plum's own assets.
/// </summary>
public static class RecipeFile
{
    private const string Embedded = "plum:";

    private static readonly string[] PathKeys = ["policy", "teacher", "instructions", "held_out", "sft", "teacher_prompts"];

    /// <summary>Reads a recipe.</summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">Settings on top of it, <c>training.beta=0.2</c>, in order.</param>
    /// <returns>The recipe with absolute paths and no section left out.</returns>
    /// <exception cref="InputException">The file is missing or malformed, a key is unknown, a value out of its range; the message names file, line and remedy.</exception>
    public static RunOptions Read(string path, IEnumerable<string> settings)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path}: there is no such recipe: check the name, or leave it out for the embedded default", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: the recipe cannot be read ({failure.Message}): name a file that can", failure);
        }

        return Parse(path, text, Path.GetDirectoryName(Path.GetFullPath(path))!, settings);
    }

    /// <summary>Reads a recipe from its text.</summary>
    /// <param name="name">What errors call it.</param>
    /// <param name="text">JSON; comments and trailing commas are welcome.</param>
    /// <param name="folder">What its paths are relative to.</param>
    /// <param name="settings">Settings on top of it, in order.</param>
    /// <exception cref="InputException">As for <see cref="Read"/>.</exception>
    public static RunOptions Parse(string name, string text, string folder, IEnumerable<string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        JsonObject recipe = RecipeText.Parse(name, text);
        foreach (string key in PathKeys) Place(recipe, key, folder);
        PlaceInSections(recipe, folder);
        foreach (string setting in settings)
        {
            string key = RecipeSettings.Apply(recipe, setting);
            Place(recipe, key, Environment.CurrentDirectory);
            if (key.StartsWith("teacher", StringComparison.Ordinal)) PlaceInSections(recipe, Environment.CurrentDirectory);
        }

        try
        {
            return RecipeRules.Checked(name, recipe.Deserialize<RunOptions>(PlumJson.Recipe)!);
        }
        catch (JsonException failure)
        {
            // The text and every setting parsed; what is left is a key that a setting took away.
            throw new InputException($"{name}: a needed key is null after --set: {failure.Message}", failure);
        }
    }

    /// <summary>The recipe with paths of this machine.</summary>
    /// <param name="options">A recipe.</param>
    /// <param name="assets">The folder of Plum's own assets.</param>
    public static RunOptions Located(RunOptions options, string assets)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with
        {
            Policy = Locate(options.Policy, assets),
            Teacher = options.Teacher is null ? null : Locate(options.Teacher, assets),
            Teachers = options.Teachers?.Select(one => one.Policy is null ? one : one with { Policy = Locate(one.Policy, assets) }).ToArray(),
            TeacherPrompts = Locate(options.TeacherPrompts, assets),
            Instructions = Locate(options.Instructions, assets),
            HeldOut = Locate(options.HeldOut, assets),
            Truth = options.Truth is null ? null : Locate(options.Truth, assets),
            Sft = options.Sft is null ? null : Locate(options.Sft, assets),
        };
    }

    /// <summary>A path of this machine.</summary>
    /// <param name="path">A path, or one that begins with <c>plum:</c>.</param>
    /// <param name="assets">The folder of Plum's own assets.</param>
    public static string Locate(string path, string assets)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.StartsWith(Embedded, StringComparison.Ordinal) ? Path.Combine(assets, path[Embedded.Length..]) : path;
    }

    private static void Place(JsonObject recipe, string key, string folder)
    {
        if (PathKeys.Contains(key)) PlaceAt(recipe, key, folder);
    }

    // Paths that are absolute already stay, so that a setting does not move those of the recipe.
    private static void PlaceInSections(JsonObject recipe, string folder)
    {
        if (recipe["teacher_record"] is JsonObject record) PlaceAt(record, "file", folder);
        foreach (JsonObject one in (recipe["teachers"] as JsonArray)?.OfType<JsonObject>() ?? []) PlaceAt(one, "policy", folder);
    }

    private static void PlaceAt(JsonObject section, string key, string folder)
    {
        if (section[key]?.GetValue<string>() is { Length: > 0 } path && !IsWord(key, path) && !path.StartsWith(Embedded, StringComparison.Ordinal))
            section[key] = Path.GetFullPath(path, folder);
    }

    private static bool IsWord(string key, string path) => (key, path) is ("teacher" or "policy", "self") or ("teacher_prompts", "default" or "seed");
}
