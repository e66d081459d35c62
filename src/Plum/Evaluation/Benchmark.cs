using Plum.Text;

namespace Plum.Evaluation;

/// <summary>A set of held-out tasks with hidden tests, in Plum's own JSON Lines.</summary>
/// <param name="Name">What reports call it.</param>
/// <param name="Tasks">The tasks, in the file's order.</param>
public sealed record Benchmark(string Name, IReadOnlyList<BenchmarkTask> Tasks)
{
    /// <summary>Reads a benchmark; its name is the file's without the ending.</summary>
    /// <param name="path">A file of <see cref="BenchmarkTask"/> lines.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">The file is missing or empty, a line is malformed, an id is there twice, a task has no tests.</exception>
    public static async Task<Benchmark> ReadAsync(string path, CancellationToken cancellation = default)
    {
        IReadOnlyList<BenchmarkTask> tasks = await JsonLines.ReadAllAsync<BenchmarkTask>(path, task => task.Id, cancellation).ConfigureAwait(false);
        if (tasks.Count == 0) throw new InputException($"{path}: there are no tasks in it: give one JSON object a line");
        if (tasks.FirstOrDefault(task => task.Tests.Count == 0) is { } bare)
            throw new InputException($"{path}: task '{bare.Id}' has no tests: a task without tests cannot be failed; add tests or remove it");
        return new(Path.GetFileNameWithoutExtension(path), tasks);
    }
}
