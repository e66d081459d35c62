using System.Text.Json;
using System.Text.RegularExpressions;
using Plum.Sandboxes;
using Plum.Verdicts;

namespace Plum.Evaluation.Benchmarks;

/// <summary>
/// LeetCode problems as DeepSeek-Coder publishes them (dated, a hundred tests each) and as rLLM does (with solutions). The
/// asserts are taken apart: their calls go to the program, their values are compared outside. Linked lists and trees travel
/// as lists and are made and read beside the program.
/// </summary>
internal static partial class LeetCode
{
    private const int CpuMillisecondsPerCall = 6_000;

    public static PublicBenchmark Row { get; } = new("leetcode", "DeepSeek-Coder's LeetCode JSON Lines or rLLM's leetcode.json", Read);

    private static PromptStyle Style { get; } = new(PromptKind.Instruction, []);

    private static PublicTask Read(DatasetRow row) => row.Has("tests") ? OfSolutions(row) : OfContests(row);

    /// <summary>rLLM: <c>check(candidate)</c> of asserts, then <c>check(Solution().method)</c>.</summary>
    private static PublicTask OfSolutions(DatasetRow row)
    {
        if (!row["tests"].TryGetProperty("functional", out JsonElement functional)) throw row.Fault("'tests' has no 'functional'");
        string test = functional.GetString()!;
        Match last = Checked().Match(test);
        if (!last.Success) throw row.Fault("the test does not end in check(...)");
        string method = last.Groups[1].Value, asserts = test[..last.Index];
        string? nodes = asserts.Contains("is_same_list(", StringComparison.Ordinal) ? "list_node" : asserts.Contains("is_same_tree(", StringComparison.Ordinal) ? "tree_node" : null;
        asserts = Same().Replace(asserts, match => $"assert candidate{match.Groups[1].Value} == {match.Groups[2].Value}")
            .Replace("list_node(", "('list_node', ", StringComparison.Ordinal).Replace("tree_node(", "('tree_node', ", StringComparison.Ordinal);
        string problem = row.Text("problem");
        return new(
            $"leetcode/{row.Number}",
            problem,
            method,
            (Check?)CallsOf(EntryPoint(method, nodes), asserts) ?? new Check.TestCode(EntryPoint(method, nodes), [asserts], ContestPrelude.Imports, 10 * CpuMillisecondsPerCall),
            Style,
            row.Has("solutions") && row["solutions"].ValueKind == JsonValueKind.String ? row.Text("solutions") : null,
            Preamble: ContestPrelude.Nodes);
    }

    /// <summary>DeepSeek-Coder: pairs of <c>test_input = {...}</c> and <c>assert my_solution.method(**test_input) == value</c>.</summary>
    private static PublicTask OfContests(DatasetRow row)
    {
        string test = row.Text("test"), method = Method().Match(test) is { Success: true } named ? named.Groups[1].Value : throw row.Fault("the test calls no my_solution.method");
        bool nodes = test.Contains("_f2(my_solution", StringComparison.Ordinal);
        List<Call> calls = [];
        List<TypedValue> expected = [];
        foreach (Match pair in Pair().Matches(test))
        {
            string input = pair.Groups[1].Value.Replace("_f1(", "('list_node', ", StringComparison.Ordinal);
            if (!PythonLiteral.TryParse(input, out TypedValue? arguments) || arguments is not TypedValue.Dict(var named_) || !PythonLiteral.TryParse(pair.Groups[2].Value, out TypedValue? value))
                throw row.Fault($"'test' is not made of literals at {pair.Value[..Math.Min(80, pair.Value.Length)]}");
            calls.Add(new Call([], [.. named_.Select(one => KeyValuePair.Create(((TypedValue.Str)one.Key).Value, one.Value))]));
            expected.Add(nodes ? new TypedValue.Tuple([new TypedValue.Str("list_node"), value]) : value);
        }

        int asserts = test.Split("\nassert ").Length - 1;
        if (calls.Count == 0 || calls.Count != asserts) throw row.Fault($"{calls.Count} of the {asserts} asserts in 'test' were understood");
        return new(
            row.Text("task_id"),
            row.Text(row.Has("prompt_sft") ? "prompt_sft" : "prompt"),
            method,
            new Check.Calls(EntryPoint(method, nodes ? "list_node" : null), calls, expected, CpuMillisecondsPerCall),
            Style,
            Difficulty: row.Has("meta") && row["meta"].TryGetProperty("difficulty", out JsonElement difficulty) ? difficulty.GetString()?.ToLowerInvariant() : null,
            Date: row.Has("start_time") ? DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeSeconds(row["start_time"].GetInt64()).UtcDateTime) : null,
            Preamble: ContestPrelude.Nodes);
    }

    private static string EntryPoint(string method, string? nodesForNone) =>
        $"plum_nodes(globals(), Solution().{method}, {(nodesForNone is null ? "None" : $"'{nodesForNone}'")})";

    private static Check.Calls? CallsOf(string entryPoint, string asserts)
    {
        TestCode code = TestCode.Parse(entryPoint, asserts);
        return code.Rest.Count == 0 && code.Cases.Count > 0 && code.Cases.All(one => one.Expectation is Expectation.Equal)
            ? new(entryPoint, [.. code.Cases.Select(one => one.Call)], [.. code.Cases.Select(one => ((Expectation.Equal)one.Expectation).Value)], CpuMillisecondsPerCall)
            : null;
    }

    [GeneratedRegex(@"\ncheck\(Solution\(\)\.(\w+)\)\s*$")]
    private static partial Regex Checked();

    [GeneratedRegex(@"assert is_same_(?:list|tree)\(candidate(\(.*\)), ((?:list|tree)_node\(.*\))\)(?=\r?$)", RegexOptions.Multiline)]
    private static partial Regex Same();

    [GeneratedRegex(@"my_solution\.(\w+)\(\*\*test_input\)")]
    private static partial Regex Method();

    [GeneratedRegex(@"^test_input = (\{.*\})[ \t]*\r?\nassert (?:_f2\()?my_solution\.\w+\(\*\*test_input\)\)? == (.*)$", RegexOptions.Multiline)]
    private static partial Regex Pair();
}
