using System.Globalization;
using Plum.Evaluation.Benchmarks;
using Plum.Evaluation.Judging;

namespace Plum.Evaluation;

/// <summary>What an evaluation on a public benchmark gave.</summary>
/// <param name="Benchmark">The benchmark's name.</param>
/// <param name="Mode">Whose idea of a pass counts.</param>
/// <param name="NTasks">Tasks that have a sample.</param>
/// <param name="NSamples">Samples.</param>
/// <param name="BasePassed">Tasks whose first sample passes the benchmark's own tests.</param>
/// <param name="PlusPassed">Tasks whose first sample passes these and EvalPlus's further ones; null where there are none.</param>
/// <param name="PassAtK">pass@k over all the tests there are, by k: the mean over tasks.</param>
/// <param name="BasePassAtK">The same over the benchmark's own tests; null where there are no others.</param>
/// <param name="CiLow">The lower end of the 95% interval of pass@1, by bootstrap over tasks.</param>
/// <param name="CiHigh">Its upper end.</param>
/// <param name="Undecided">Samples that the sandbox could not judge; they count for nothing.</param>
/// <param name="MissingTasks">Tasks of the benchmark without a sample: the figures say nothing about them.</param>
/// <param name="Failures">Samples by kind of failure.</param>
/// <param name="Disagreements">Samples on which the other mode says otherwise.</param>
/// <param name="Groups">Tasks and pass@1 by difficulty and by month of publication; null where neither is known.</param>
/// <param name="Seconds">Elapsed time of this start.</param>
/// <param name="CpuSeconds">CPU time of the programs and of this process.</param>
/// <param name="SandboxLevel">Which layers of isolation were on.</param>
/// <param name="ContaminatedTasks">Tasks of which the training files hold a piece; null where none were given.</param>
/// <param name="CleanPassAt1">pass@1 of the other tasks.</param>
public sealed record BenchmarkFigures(
    string Benchmark,
    EvaluationMode Mode,
    int NTasks,
    int NSamples,
    int BasePassed,
    int? PlusPassed,
    IReadOnlyDictionary<string, double> PassAtK,
    IReadOnlyDictionary<string, double>? BasePassAtK,
    double CiLow,
    double CiHigh,
    int Undecided,
    int MissingTasks,
    IReadOnlyDictionary<string, int> Failures,
    int Disagreements,
    IReadOnlyDictionary<string, GroupFigures>? Groups,
    double Seconds,
    double CpuSeconds,
    string SandboxLevel,
    int? ContaminatedTasks = null,
    [property: System.Text.Json.Serialization.JsonPropertyName("clean_pass_at_1")] double? CleanPassAt1 = null)
{
    /// <summary>pass@1: the mean over tasks of the share of their samples that pass; 0 of none.</summary>
    /// <param name="results">The results.</param>
    public static double PassAt1(IEnumerable<SampleResult> results) =>
        results.Where(result => !result.Undecided).GroupBy(result => result.TaskId).Select(task => task.Average(result => result.Passed ? 1.0 : 0)).DefaultIfEmpty().Average();

    /// <summary>Adds results up.</summary>
    /// <param name="benchmark">The benchmark.</param>
    /// <param name="mode">The mode they were judged in.</param>
    /// <param name="tasks">The benchmark's tasks.</param>
    /// <param name="results">The results.</param>
    /// <param name="k">Which k; 1 and the fewest samples of a task where left out.</param>
    /// <param name="seconds">Elapsed time.</param>
    /// <param name="ownCpuSeconds">CPU time of this process.</param>
    /// <param name="sandboxLevel">Which layers of isolation were on.</param>
    /// <exception cref="InputException">A k is more than a task's samples.</exception>
    public static BenchmarkFigures Of(
        PublicBenchmark benchmark, EvaluationMode mode, IReadOnlyList<PublicTask> tasks, IReadOnlyList<SampleResult> results, IReadOnlyList<int>? k, double seconds, double ownCpuSeconds, string sandboxLevel)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        Dictionary<string, SampleResult[]> byTask = results.GroupBy(result => result.TaskId).ToDictionary(group => group.Key, group => group.ToArray());
        PublicTask[] sampled = [.. tasks.Where(task => byTask.ContainsKey(task.Id))];
        int fewest = sampled.Min(task => byTask[task.Id].Length);
        if (k?.FirstOrDefault(one => one < 1 || one > fewest) is int wrong and not 0)
            throw new InputException($"-k {wrong}: the task with the fewest samples has {fewest}: choose k from 1 to {fewest}");
        int[] ks = [.. (k ?? [1, fewest]).Distinct().Order()];
        Interval interval = Interval.Bootstrap([.. Estimates(sampled, byTask, 1, result => result.Passed)], new DrawKey(1, 0, "pass_at_1"));
        return new(
            benchmark.Name,
            mode,
            sampled.Length,
            results.Count,
            sampled.Count(task => byTask[task.Id][0].Base == SetStatus.Pass),
            benchmark.HasPlus ? sampled.Count(task => byTask[task.Id][0].Passed) : null,
            ByK(ks, sampled, byTask, result => result.Passed),
            benchmark.HasPlus ? ByK(ks, sampled, byTask, result => result.Base == SetStatus.Pass) : null,
            interval.Low,
            interval.High,
            results.Count(result => result.Undecided),
            tasks.Count - sampled.Length,
            new SortedDictionary<string, int>(results.Select(result => result.Failure).OfType<string>().CountBy(kind => kind).ToDictionary(), StringComparer.Ordinal),
            results.Count(result => result.OtherMode is not null),
            GroupsOf(sampled, byTask),
            Math.Round(seconds, 2),
            Math.Round(ownCpuSeconds + (results.Sum(result => result.CpuMilliseconds) / 1e3), 2),
            sandboxLevel);
    }

    private static Dictionary<string, double> ByK(int[] ks, PublicTask[] tasks, Dictionary<string, SampleResult[]> byTask, Func<SampleResult, bool> passed) =>
        ks.ToDictionary(k => k.ToString(CultureInfo.InvariantCulture), k => Estimates(tasks, byTask, k, passed).DefaultIfEmpty().Average());

    // A task that has fewer than k samples left without the undecided ones says nothing about k.
    private static IEnumerable<double> Estimates(IEnumerable<PublicTask> tasks, Dictionary<string, SampleResult[]> byTask, int k, Func<SampleResult, bool> passed) =>
        from task in tasks
        let decided = byTask[task.Id].Where(result => !result.Undecided).ToArray()
        where decided.Length >= k
        select Evaluation.PassAtK.Estimate(decided.Length, decided.Count(passed), k);

    private static SortedDictionary<string, GroupFigures>? GroupsOf(PublicTask[] tasks, Dictionary<string, SampleResult[]> byTask)
    {
        IEnumerable<(string Group, PublicTask Task)> grouped = tasks.Where(task => task.Difficulty is not null).Select(task => ($"difficulty {task.Difficulty}", task))
            .Concat(tasks.Where(task => task.Date is not null).Select(task => ($"month {task.Date:yyyy-MM}", task)));
        SortedDictionary<string, GroupFigures> figures = new(StringComparer.Ordinal);
        foreach (IGrouping<string, (string Group, PublicTask Task)> group in grouped.GroupBy(one => one.Group))
            figures[group.Key] = new(group.Count(), Estimates(group.Select(one => one.Task), byTask, 1, result => result.Passed).DefaultIfEmpty().Average());
        return figures.Count > 0 ? figures : null;
    }
}

/// <summary>A group of tasks.</summary>
/// <param name="NTasks">How many.</param>
/// <param name="PassAt1">Their pass@1.</param>
public sealed record GroupFigures(int NTasks, [property: System.Text.Json.Serialization.JsonPropertyName("pass_at_1")] double PassAt1);
