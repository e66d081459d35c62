using System.Text.Json;
using System.Text.RegularExpressions;

namespace Plum.Evaluation.Benchmarks;

/// <summary>
/// MBPP (Austin et al., arXiv 2108.07732): a sentence and three asserts. Reads Google's mbpp.jsonl (974 tasks), the
/// sanitized list (427) and EvalPlus's file, of which the base inputs alone count.
/// </summary>
internal static partial class Mbpp
{
    private const int CpuMilliseconds = 3_000;

    public static PublicBenchmark Row { get; } = new("mbpp", "Google's mbpp.jsonl or sanitized-mbpp.json, or EvalPlus's MbppPlus.jsonl.gz", Read);

    private static PublicTask Read(DatasetRow row)
    {
        if (EvalPlusTasks.Are(row)) return MbppPlus.Read(row, plus: false);
        IReadOnlyList<string> tests = row.Texts("test_list");
        if (tests.Count == 0) throw row.Fault("'test_list' is empty, and a task without tests cannot be failed");
        string code = row.Text("code").ReplaceLineEndings("\n"), text = row.Text(row.Has("prompt") ? "prompt" : "text");
        string setup = row.Has("test_imports") ? string.Join('\n', row.Texts("test_imports")) : row.Has("test_setup_code") ? row.Text("test_setup_code") : "";
        string entry = EntryPoint(tests, code) ?? throw row.Fault("no assert calls a function that 'code' defines");
        string id = row["task_id"] is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : row.Text("task_id");
        return new(
            $"Mbpp/{id}",
            $"\"\"\"\n{text}\n{tests[0]}\n\"\"\"\n",
            entry,
            new Check.TestCode(entry, tests, setup.ReplaceLineEndings("\n"), CpuMilliseconds),
            MbppPlus.Style,
            code);
    }

    /// <summary>The function that the asserts call: of those that the code defines, the first that the first assert names.</summary>
    private static string? EntryPoint(IReadOnlyList<string> tests, string code)
    {
        HashSet<string> defined = [.. Definition().Matches(code).Select(match => match.Groups[1].Value)];
        return Name().Matches(tests[0]).Select(match => match.Value).FirstOrDefault(defined.Contains);
    }

    [GeneratedRegex(@"^(?:def|class)\s+(\w+)|^(\w+)\s*=", RegexOptions.Multiline)]
    private static partial Regex Definition();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Name();
}
