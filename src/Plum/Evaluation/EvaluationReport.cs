using System.Text.Json.Serialization;

namespace Plum.Evaluation;

/// <summary>How a policy does on a benchmark.</summary>
/// <param name="Benchmark">The benchmark's name.</param>
/// <param name="PolicyVersion">The policy's version.</param>
/// <param name="N">Tasks.</param>
/// <param name="PassAt1">The share of the tasks whose greedy sample passes every test. An undecided task counts as not passed, and is listed.</param>
/// <param name="CiLow">The lower end of its 95% interval (Wilson).</param>
/// <param name="CiHigh">The upper end.</param>
/// <param name="Tasks">Every task's result, in the benchmark's order.</param>
/// <param name="Failures">Tasks by kind of failure; see <see cref="FailureKind"/>. Undecided tasks stand here too.</param>
/// <param name="Families">Each family's figures, by name.</param>
/// <param name="PassAtK">pass@k from the further samples, by k; null where none were drawn.</param>
public sealed record EvaluationReport(
    string Benchmark,
    int PolicyVersion,
    int N,
    [property: JsonPropertyName("pass_at_1")] double PassAt1,
    double CiLow,
    double CiHigh,
    IReadOnlyList<TaskResult> Tasks,
    IReadOnlyDictionary<string, int> Failures,
    IReadOnlyDictionary<string, FamilyFigures> Families,
    IReadOnlyList<PassAtKFigure>? PassAtK = null)
{
    /// <summary>Tests whether another policy's report on the same tasks is better than this one.</summary>
    /// <param name="after">The other's.</param>
    /// <param name="key">Names the bootstrap's draws.</param>
    /// <exception cref="ArgumentException">The reports are not of the same tasks.</exception>
    public PairedTest CompareWith(EvaluationReport after, DrawKey key)
    {
        ArgumentNullException.ThrowIfNull(after);
        if (!Tasks.Select(task => task.TaskId).SequenceEqual(after.Tasks.Select(task => task.TaskId)))
            throw new ArgumentException("The reports are not of the same tasks.", nameof(after));
        return PairedTest.Compare([.. Tasks.Select(task => task.Passed)], [.. after.Tasks.Select(task => task.Passed)], key);
    }
}

/// <summary>One task's result.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Passed">Whether the greedy sample passes every test.</param>
/// <param name="Failure">The kind of failure; null where it passes.</param>
/// <param name="Program">The greedy sample's program.</param>
/// <param name="FirstFailure">The first test it did not pass; null where it passes all or none was run.</param>
/// <param name="Samples">Further samples judged.</param>
/// <param name="SamplesPassed">Those that pass.</param>
public sealed record TaskResult(
    string TaskId,
    bool Passed,
    string? Failure,
    string Program,
    FirstFailure? FirstFailure = null,
    int Samples = 0,
    int SamplesPassed = 0);

/// <summary>A family's figures.</summary>
/// <param name="N">Tasks of the family.</param>
/// <param name="Passed">Those whose greedy sample passes.</param>
public sealed record FamilyFigures(int N, int Passed);

/// <summary>pass@k with its interval.</summary>
/// <param name="K">k.</param>
/// <param name="Value">The mean over the tasks.</param>
/// <param name="CiLow">The lower end of its 95% interval (bootstrap over tasks).</param>
/// <param name="CiHigh">The upper end.</param>
public sealed record PassAtKFigure(int K, double Value, double CiLow, double CiHigh);
