using System.Text.Json;
using Plum.Evaluation.Benchmarks;
using Plum.Text;

namespace Plum.Evaluation;

/// <summary>
/// Samples as other harnesses write them: lines with <c>task_id</c> and <c>completion</c> or <c>solution</c> (human-eval,
/// EvalPlus), a folder of EvalPlus's (<c>HumanEval_0/0.py</c>), or LiveCodeBench's <c>question_id</c> and <c>code_list</c>.
/// </summary>
public static class SamplesFile
{
    private const string Wanted = "a samples file: one object a line with task_id and completion (or solution), or LiveCodeBench's question_id and code_list";

    /// <summary>Reads samples.</summary>
    /// <param name="path">The file or the folder.</param>
    /// <param name="tasks">The benchmark's tasks; samples of others are left out and counted.</param>
    /// <param name="unknown">How many samples were of no such task.</param>
    /// <exception cref="InputException">It is missing or malformed, or none of it belongs to the benchmark.</exception>
    public static IReadOnlyList<Sample> Read(string path, IReadOnlyList<PublicTask> tasks, out int unknown)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        Dictionary<string, PublicTask> byId = tasks.ToDictionary(task => task.Id);
        Dictionary<string, int> numbers = [];
        List<Sample> samples = [];
        unknown = 0;
        foreach ((string id, string program, bool whole) in Directory.Exists(path) ? Folder(path) : Lines(path))
        {
            if (!byId.TryGetValue(id, out PublicTask? task))
            {
                unknown++;
                continue;
            }

            int number = numbers[task.Id] = numbers.GetValueOrDefault(task.Id, -1) + 1;
            samples.Add(new(task.Id, number, whole ? program : task.Complete(program)));
        }

        return samples.Count > 0 ? samples : throw new InputException(unknown > 0
            ? $"{path}: none of its {unknown} samples is for a task of this benchmark: check --benchmark and --data; its tasks are called like '{tasks[0].Id}'"
            : $"{path}: there are no samples in it: give {Wanted}");
    }

    /// <summary>Writes samples as human-eval reads them; a program that does not continue its prompt follows it and defines the function anew.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tasks">The benchmark's tasks.</param>
    /// <param name="samples">The samples.</param>
    public static void WriteHumanEval(string path, IReadOnlyList<PublicTask> tasks, IReadOnlyList<Sample> samples)
    {
        Dictionary<string, string> prompts = tasks.ToDictionary(task => task.Id, task => task.Prompt);
        JsonLines.WriteAll(path, samples.Select(sample => new HumanEvalSample(sample.TaskId, sample.Program.StartsWith(prompts[sample.TaskId], StringComparison.Ordinal)
            ? sample.Program[prompts[sample.TaskId].Length..]
            : "\n" + sample.Program)));
    }

    /// <summary>Writes samples as LiveCodeBench's custom evaluator reads them: one JSON array.</summary>
    /// <param name="path">The file.</param>
    /// <param name="samples">The samples.</param>
    public static void WriteLiveCodeBench(string path, IReadOnlyList<Sample> samples) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(
        stream, samples.GroupBy(sample => sample.TaskId).Select(task => new LiveCodeBenchSamples(task.Key, [.. task.Select(sample => sample.Program)])), PlumJson.Lines));

    private sealed record HumanEvalSample(string TaskId, string Completion);

    private sealed record LiveCodeBenchSamples(string QuestionId, IReadOnlyList<string> CodeList);

    private static IEnumerable<(string Id, string Program, bool Whole)> Lines(string path)
    {
        foreach (DatasetRow row in DatasetFile.Read(path, Wanted))
        {
            if (row.Has("question_id") && row.Has("code_list"))
            {
                foreach (string program in row.Texts("code_list")) yield return (row.Text("question_id"), program, true);
                continue;
            }

            string id = row[row.Has("task_id") ? "task_id" : "question_id"] is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : row.Text(row.Has("task_id") ? "task_id" : "question_id");
            bool whole = row.Has("solution");
            yield return (id, row.Text(whole ? "solution" : "completion"), whole);
        }
    }

    private static IEnumerable<(string Id, string Program, bool Whole)> Folder(string path) =>
        from task in Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal)
        from file in Directory.EnumerateFiles(task, "*.py").OrderBy(file => int.TryParse(Path.GetFileNameWithoutExtension(file), out int number) ? number : int.MaxValue)
        select (Path.GetFileName(task).Replace('_', '/'), File.ReadAllText(file), true);
}
