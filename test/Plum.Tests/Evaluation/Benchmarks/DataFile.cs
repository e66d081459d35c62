using System.Text.Json.Nodes;
using Plum.Evaluation.Benchmarks;

namespace Plum.Tests.Evaluation.Benchmarks;

/// <summary>Small data files in the form of the public ones.</summary>
internal static class DataFile
{
    /// <summary>The tasks that a benchmark reads from lines.</summary>
    public static IReadOnlyList<PublicTask> Read(string benchmark, params string[] lines)
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("plum-data-").FullName, "data.jsonl");
        File.WriteAllLines(file, lines);
        return PublicBenchmark.Named(benchmark)!.ReadTasks(file);
    }

    /// <summary>A line of an EvalPlus release.</summary>
    public static string EvalPlus(string id, string entryPoint, string canonical, string baseInput, string plusInput = "[]", double tolerance = 0) => new JsonObject
    {
        ["task_id"] = id,
        ["prompt"] = $"\"\"\"{id}\"\"\"\n",
        ["entry_point"] = entryPoint,
        ["canonical_solution"] = canonical,
        ["base_input"] = "BASE",
        ["plus_input"] = "PLUS",
        ["atol"] = tolerance,
    }.ToJsonString().Replace("\"BASE\"", baseInput, StringComparison.Ordinal).Replace("\"PLUS\"", plusInput, StringComparison.Ordinal);
}
