using System.Text.Json.Serialization;
using Plum.Evaluation;
using Plum.Preferences;

namespace Plum.Rounds;

/// <summary>What a round did: <c>round.json</c>, and a row of <c>report.json</c>.</summary>
/// <param name="Round">From 1.</param>
/// <param name="Instructions">Instructions of the round.</param>
/// <param name="SuitesKept">Those with a suite: only they were sampled.</param>
/// <param name="Candidates">Completions sampled.</param>
/// <param name="DistinctPrograms">Programs that differ in their syntax tree, per instruction.</param>
/// <param name="PassRate">The share of the candidates that pass their suite.</param>
/// <param name="Undecided">Candidates that the sandbox could not judge.</param>
/// <param name="Pairs">Preference pairs.</param>
/// <param name="Labels">Labelled completions.</param>
/// <param name="TrainLoss">Mean loss over the last quarter of the training.</param>
/// <param name="TrainTokens">Completion tokens trained on.</param>
/// <param name="Stopped">Why training ended early; null where it did not.</param>
/// <param name="HeldOut">The held-out pass rate after the round.</param>
/// <param name="Preferences">What became of the candidates, in full.</param>
/// <param name="Seconds">Seconds by stage.</param>
public sealed record RoundFigures(
    int Round,
    int Instructions,
    int SuitesKept,
    int Candidates,
    int DistinctPrograms,
    double PassRate,
    int Undecided,
    int Pairs,
    int Labels,
    double TrainLoss,
    long TrainTokens,
    string? Stopped,
    PassFigures HeldOut,
    PreferenceFigures Preferences,
    IReadOnlyDictionary<string, double> Seconds);

/// <summary>A pass rate with its 95% interval.</summary>
/// <param name="PassAt1">The share of tasks whose greedy program passes every hidden test.</param>
/// <param name="CiLow">The interval's lower end (Wilson).</param>
/// <param name="CiHigh">The interval's upper end.</param>
/// <param name="N">Tasks.</param>
/// <param name="Failures">Tasks by kind of failure.</param>
public sealed record PassFigures([property: JsonPropertyName("pass_at_1")] double PassAt1, double CiLow, double CiHigh, int N, IReadOnlyDictionary<string, int> Failures)
{
    /// <summary>The figures of a report.</summary>
    public static PassFigures Of(EvaluationReport report) => new(report.PassAt1, report.CiLow, report.CiHigh, report.N, report.Failures);
}

/// <summary>What a run achieved: <c>report.json</c>.</summary>
/// <param name="Seed">The run's seed.</param>
/// <param name="Method">How the policy was trained.</param>
/// <param name="SandboxLevel">Which layers of isolation were on.</param>
/// <param name="Suites">What became of the instructions in stage 1.</param>
/// <param name="Rounds">The rounds.</param>
/// <param name="Before">Held-out figures of the policy that the run began with.</param>
/// <param name="After">Held-out figures after the last round.</param>
/// <param name="Gain">After minus before.</param>
/// <param name="GainLow">The lower end of the gain's 95% interval (bootstrap over tasks).</param>
/// <param name="GainHigh">Its upper end.</param>
/// <param name="PValue">Two-sided, McNemar's exact test on the paired tasks.</param>
/// <param name="Seconds">Seconds of the whole run, controls left out.</param>
/// <param name="Controls">The control arms by name, where they were run.</param>
public sealed record RunReport(
    ulong Seed,
    string Method,
    string SandboxLevel,
    Suites.SuiteFigures Suites,
    IReadOnlyList<RoundFigures> Rounds,
    PassFigures Before,
    PassFigures After,
    double Gain,
    double GainLow,
    double GainHigh,
    double PValue,
    double Seconds,
    IReadOnlyDictionary<string, ControlFigures>? Controls = null);

/// <summary>A control arm: the same start, another way to spend the same tokens.</summary>
/// <param name="After">Its held-out figures at the end.</param>
/// <param name="Gain">Over the policy that the run began with.</param>
/// <param name="RunMinusControl">The run's gain minus this arm's.</param>
/// <param name="PValue">Two-sided, McNemar's exact test of the run's policy against this arm's.</param>
/// <param name="TrainTokens">Completion tokens trained on.</param>
/// <param name="Seconds">Seconds spent.</param>
public sealed record ControlFigures(PassFigures After, double Gain, double RunMinusControl, double PValue, long TrainTokens, double Seconds);
