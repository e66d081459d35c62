using System.Text.Json;
using System.Text.Json.Nodes;
using Plum.Rounds;

namespace Plum.Cli.Runs;

/// <summary>An output folder belongs to one recipe: it is begun with its <c>run.json</c>, and gone on with only by an equal one.</summary>
internal static class RunFolder
{
    /// <summary>The record that the folder was begun with; null where it is new.</summary>
    /// <exception cref="InputException">Something else lives in the folder, or its record cannot be read.</exception>
    public static RunRecord? Existing(RunDirectory run)
    {
        if (File.Exists(run.Path))
            throw new InputException($"{run.Path}: a file has this name: choose another folder with --out");
        if (RunDirectory.Read<RunRecord>(run.Run) is { } record)
            return record;
        if (Directory.Exists(run.Path) && Directory.EnumerateFileSystemEntries(run.Path).Any(name => !name.EndsWith(".tmp", StringComparison.Ordinal)))
            throw new InputException($"{run.Path}: the folder holds other files and no run.json: choose an empty one with --out");
        return null;
    }

    /// <summary>Fails where a folder was begun with another recipe or other files.</summary>
    /// <param name="run">The folder.</param>
    /// <param name="there">What it was begun with.</param>
    /// <param name="here">What was asked for now.</param>
    /// <exception cref="InputException">They differ; the message names the first key that does.</exception>
    public static void RequireSame(RunDirectory run, RunRecord there, RunRecord here)
    {
        const string Remedy = "choose another folder with --out, or give the recipe that began this one";
        if (FirstDifference(Node(there.Recipe), Node(here.Recipe), "") is { } different)
            throw new InputException($"{run.Run}: the folder holds another run: {different.Key} is {different.There} there and {different.Here} here: {Remedy}");
        foreach ((string name, string version) in there.Prompts ?? new Dictionary<string, string>())
        {
            if (here.Prompts?.GetValueOrDefault(name) is { } now && now != version)
                throw new InputException($"{run.Run}: the run was begun with another text of the prompt {name}: put the old text back, or {Remedy}");
        }

        foreach ((string name, Fingerprint file) in there.Inputs)
        {
            if (!here.Inputs.TryGetValue(name, out Fingerprint? now) || now != file)
                throw new InputException($"{run.Run}: the run was begun with another content of {name}: put the old file back, or {Remedy.Replace(", or give the recipe that began this one", "", StringComparison.Ordinal)}");
        }
    }

    private static (string Key, string There, string Here)? FirstDifference(JsonObject there, JsonObject here, string section)
    {
        foreach (string key in there.Select(one => one.Key).Union(here.Select(one => one.Key)))
        {
            JsonNode? a = there[key], b = here[key];
            if (JsonNode.DeepEquals(a, b)) continue;
            if (a is JsonObject inThere && b is JsonObject inHere) return FirstDifference(inThere, inHere, $"{section}{key}.");
            return (section + key, a?.ToJsonString() ?? "absent", b?.ToJsonString() ?? "absent");
        }

        return null;
    }

    // What may be spent decides how far a run gets and not what it is, and what suites are measured by changes none of them.
    private static JsonObject Node(RunOptions recipe) => JsonSerializer.SerializeToNode(recipe with { TeacherBudget = null, Truth = null }, PlumJson.Lines)!.AsObject();
}
