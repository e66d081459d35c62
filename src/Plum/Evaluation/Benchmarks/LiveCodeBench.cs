using System.Globalization;
using System.Text.Json;
using Plum.Sandboxes;

namespace Plum.Evaluation.Benchmarks;

/// <summary>
/// LiveCodeBench (Jain et al., arXiv 2403.07974), its JSON Lines as published: functional tests are calls, the others runs
/// of a script; private tests are unpacked here. Also SandboxFusion's samples of it.
/// </summary>
internal static class LiveCodeBench
{
    private const int CpuMilliseconds = 6_000;

    public static PublicBenchmark Row { get; } = new("livecodebench", "LiveCodeBench's test.jsonl (code generation)", Read);

    private static PromptStyle Style { get; } = new(PromptKind.LiveCodeBench, []);

    private static PublicTask Read(DatasetRow row)
    {
        if (!row.Has("question_id")) return OfFusion(row);
        List<(string Input, string Output)> tests = [.. Tests(row, "public_test_cases"), .. Tests(row, "private_test_cases")];
        using JsonDocument metadata = JsonDocument.Parse(row.Has("metadata") ? row.Text("metadata") : "{}");
        string? function = metadata.RootElement.TryGetProperty("func_name", out JsonElement name) ? name.GetString() : null;
        string starter = row.Has("starter_code") ? row.Text("starter_code") : "";
        string question = row.Text("question_content");
        return new(
            row.Text("question_id"),
            question,
            function,
            CheckOf(row, function, tests),
            Style,
            Difficulty: row.Has("difficulty") ? row.Text("difficulty") : null,
            Date: row.Has("contest_date") && DateTime.TryParse(row.Text("contest_date"), CultureInfo.InvariantCulture, out DateTime date) ? DateOnly.FromDateTime(date) : null,
            Preamble: ContestPrelude.Imports,
            Starter: starter);
    }

    private static PublicTask OfFusion(DatasetRow row)
    {
        using JsonDocument labels = JsonDocument.Parse(row.Text("labels"));
        if (PackedTests.Read(row, row.Text("test")) is not TypedValue.Dict(var entries)
            || entries.FirstOrDefault(entry => entry.Key is TypedValue.Str("input_output")).Value is not TypedValue.Str(string json))
            throw row.Fault("'test' holds no input_output");
        using JsonDocument tests = JsonDocument.Parse(json);
        string? function = tests.RootElement.TryGetProperty("fn_name", out JsonElement name) ? name.GetString() : null;
        List<(string, string)> pairs = [.. tests.RootElement.GetProperty("inputs").EnumerateArray().Select(one => one.GetString()!).Zip(tests.RootElement.GetProperty("outputs").EnumerateArray().Select(one => one.GetString()!))];
        return new(
            labels.RootElement.GetProperty("task_id").GetString()!,
            row.Text("content"),
            function,
            CheckOf(row, function, pairs),
            Style,
            Difficulty: labels.RootElement.TryGetProperty("difficulty", out JsonElement difficulty) ? difficulty.GetString() : null,
            Preamble: ContestPrelude.Imports);
    }

    private static Check CheckOf(DatasetRow row, string? function, List<(string Input, string Output)> tests)
    {
        // There zero tests are a pass. Here they are a broken file.
        if (tests.Count == 0) throw row.Fault("it has no tests, and a task without tests cannot be failed");
        if (function is null) return new Check.Scripts([.. tests.Select(test => test.Input)], [.. tests.Select(test => test.Output)], CpuMilliseconds);
        try
        {
            return new Check.Calls(
                $"getattr(Solution() if 'Solution' in globals() else __import__('sys').modules['candidate'], '{function}')",
                [.. tests.Select(test => new Call([.. test.Input.Split('\n').Where(line => line.Length > 0).Select(Parse)]))],
                [.. tests.Select(test => Parse(test.Output))],
                CpuMilliseconds);
        }
        catch (JsonException failure)
        {
            throw row.Fault($"a functional test is not JSON: {failure.Message}");
        }
    }

    private static TypedValue Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return DatasetRow.Value(document.RootElement);
    }

    private static IEnumerable<(string Input, string Output)> Tests(DatasetRow row, string key)
    {
        if (!row.Has(key)) return [];
        string text = row.Text(key);
        if (text.Length == 0) return [];
        if (text[0] != '[')
            text = PackedTests.Read(row, text) is TypedValue.Str(string unpacked) ? unpacked : throw row.Fault($"'{key}' holds no text");
        using JsonDocument tests = JsonDocument.Parse(text);
        return [.. tests.RootElement.EnumerateArray().Select(test => (test.GetProperty("input").GetString()!, test.GetProperty("output").GetString()!))];
    }
}
