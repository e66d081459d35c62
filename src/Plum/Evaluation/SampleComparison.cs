namespace Plum.Evaluation;

/// <summary>Whether one evaluation on a public benchmark is better than another, task by task.</summary>
/// <param name="Before">The first's pass@1 on the tasks that both have.</param>
/// <param name="After">The second's.</param>
/// <param name="Tasks">Tasks that both have.</param>
/// <param name="OnlyInOne">Tasks that only one has; they are left out.</param>
/// <param name="Low">The lower end of the difference's 95% interval, by bootstrap over tasks of each task's mean over its samples.</param>
/// <param name="High">Its upper end.</param>
/// <param name="FirstSamples">McNemar's test on the first samples.</param>
/// <param name="TasksToTell">How many tasks it would take to tell this difference of first samples four times in five; null where there is none.</param>
/// <param name="Real">Whether the interval leaves 0 out.</param>
/// <param name="Gained">Tasks whose first sample only the second passes.</param>
/// <param name="Lost">Tasks whose first sample only the first passes.</param>
public sealed record SampleComparison(
    double Before,
    double After,
    int Tasks,
    int OnlyInOne,
    double Low,
    double High,
    PairedTest FirstSamples,
    int? TasksToTell,
    bool Real,
    IReadOnlyList<string> Gained,
    IReadOnlyList<string> Lost)
{
    /// <summary>Compares two lists of results.</summary>
    /// <param name="before">The first's.</param>
    /// <param name="after">The second's.</param>
    /// <param name="key">Names the bootstrap's draws.</param>
    /// <exception cref="InputException">They have no task in common.</exception>
    public static SampleComparison Of(IReadOnlyList<SampleResult> before, IReadOnlyList<SampleResult> after, DrawKey key)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        Dictionary<string, SampleResult[]> first = ByTask(before), second = ByTask(after);
        string[] tasks = [.. first.Keys.Where(second.ContainsKey)];
        if (tasks.Length == 0) throw new InputException("The two evaluations have no task in common: evaluate both on one benchmark");
        bool[] was = [.. tasks.Select(task => first[task][0].Passed)], now = [.. tasks.Select(task => second[task][0].Passed)];
        double[] differences = [.. tasks.Select(task => Mean(second[task]) - Mean(first[task]))];
        PairedTest paired = PairedTest.Compare(was, now, key);
        Interval interval = Interval.Bootstrap(differences, key with { Purpose = key.Purpose + " means" });
        return new(
            tasks.Average(task => Mean(first[task])),
            tasks.Average(task => Mean(second[task])),
            tasks.Length,
            first.Count + second.Count - (2 * tasks.Length),
            interval.Low,
            interval.High,
            paired,
            paired.TasksToTell(),
            interval.Low > 0 || interval.High < 0,
            [.. tasks.Where((_, at) => now[at] && !was[at])],
            [.. tasks.Where((_, at) => was[at] && !now[at])]);
    }

    // Undecided samples say nothing; a task of nothing else is left out.
    private static Dictionary<string, SampleResult[]> ByTask(IReadOnlyList<SampleResult> results) =>
        results.Where(result => !result.Undecided).GroupBy(result => result.TaskId).ToDictionary(group => group.Key, group => group.OrderBy(result => result.Sample).ToArray());

    private static double Mean(SampleResult[] samples) => samples.Average(sample => sample.Passed ? 1.0 : 0.0);
}
