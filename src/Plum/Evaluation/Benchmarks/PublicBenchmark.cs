namespace Plum.Evaluation.Benchmarks;

/// <summary>A public benchmark: a row, whose file says how its published data are read.</summary>
/// <param name="Name">As <c>--benchmark</c> gives it.</param>
/// <param name="Data">Which file its data are.</param>
/// <param name="Read">One line of the data to a task.</param>
/// <param name="HasPlus">Whether it has EvalPlus's further inputs.</param>
public sealed record PublicBenchmark(string Name, string Data, Func<DatasetRow, PublicTask> Read, bool HasPlus = false)
{
    /// <summary>All rows.</summary>
    public static IReadOnlyList<PublicBenchmark> All { get; } =
    [
        HumanEval.Row, HumanEvalPlus.Row, Mbpp.Row, MbppPlus.Row, LiveCodeBench.Row, LeetCode.Row, Codeforces.Row, .. MultiPlE.Rows,
    ];

    /// <summary>The row of a name; null where there is none.</summary>
    /// <param name="name">As <c>--benchmark</c> gives it.</param>
    public static PublicBenchmark? Named(string name) => All.FirstOrDefault(row => row.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The tasks of a data file, in its order.</summary>
    /// <param name="path">JSON Lines or a JSON array, plain or gzip.</param>
    /// <exception cref="InputException">The file is missing or is not this benchmark's; the message names the line and the remedy.</exception>
    public IReadOnlyList<PublicTask> ReadTasks(string path)
    {
        List<PublicTask> tasks = [];
        HashSet<string> seen = [];
        foreach (DatasetRow row in DatasetFile.Read(path, Data))
        {
            PublicTask task = Read(row);
            if (!seen.Add(task.Id)) throw new InputException($"{row.Where}: task '{task.Id}' is there twice: remove one");
            tasks.Add(task);
        }

        return tasks.Count > 0 ? tasks : throw new InputException($"{path}: there are no tasks in it: give {Data}");
    }
}
