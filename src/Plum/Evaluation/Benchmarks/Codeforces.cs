using System.Text.Json;

namespace Plum.Evaluation.Benchmarks;

/// <summary>
/// Contest problems on standard input and output: rLLM's codeforces.json and code_contests.json, and SandboxFusion's
/// code_contests.jsonl. Each run is a process of its own.
/// </summary>
internal static class Codeforces
{
    private const int CpuMillisecondsPerRun = 6_000;

    public static PublicBenchmark Row { get; } = new("codeforces", "rLLM's codeforces.json or code_contests.json, or SandboxFusion's code_contests.jsonl", Read);

    private static PromptStyle Style { get; } = new(PromptKind.LiveCodeBench, []);

    private static PublicTask Read(DatasetRow row)
    {
        string id = row.Has("id") && row["id"].ValueKind == JsonValueKind.Number ? $"contest/{row["id"].GetRawText()}" : $"contest/{row.Number}";
        (List<string> inputs, List<string> outputs) = row.Has("tests") ? Of(row, row["tests"]) : Fusion(row);
        if (inputs.Count == 0 || inputs.Count != outputs.Count) throw row.Fault($"there are {inputs.Count} inputs and {outputs.Count} outputs, and a task without tests cannot be failed");
        string? difficulty = null;
        if (row.Has("labels"))
        {
            using JsonDocument labels = JsonDocument.Parse(row.Text("labels"));
            difficulty = labels.RootElement.TryGetProperty("difficulty", out JsonElement one) ? one.GetString()?.ToLowerInvariant() : null;
        }

        return new(id, row.Text(row.Has("problem") ? "problem" : "content"), null, new Check.Scripts(inputs, outputs, CpuMillisecondsPerRun), Style, Difficulty: difficulty);
    }

    private static (List<string> Inputs, List<string> Outputs) Of(DatasetRow row, JsonElement tests) => tests.ValueKind switch
    {
        JsonValueKind.Array => ([.. tests.EnumerateArray().Select(test => Text(row, test, "input"))], [.. tests.EnumerateArray().Select(test => Text(row, test, "output"))]),
        JsonValueKind.Object when tests.TryGetProperty("inputs", out JsonElement inputs) && tests.TryGetProperty("outputs", out JsonElement outputs) =>
            ([.. inputs.EnumerateArray().Select(input => input.GetString()!)], [.. outputs.EnumerateArray().Select(output => output.GetString()!)]),
        _ => throw row.Fault("'tests' has no inputs and outputs"),
    };

    private static (List<string> Inputs, List<string> Outputs) Fusion(DatasetRow row)
    {
        using JsonDocument tests = JsonDocument.Parse(row.Text("test"));
        return ([.. tests.RootElement.EnumerateArray().Select(test => Text(row, test.GetProperty("input"), "stdin"))],
            [.. tests.RootElement.EnumerateArray().Select(test => Text(row, test.GetProperty("output"), "stdout"))]);
    }

    private static string Text(DatasetRow row, JsonElement test, string key) =>
        test.TryGetProperty(key, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : throw row.Fault($"a test has no '{key}'");
}
