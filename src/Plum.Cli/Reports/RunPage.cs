using System.Globalization;
using Plum.Cli.Watching;
using Plum.Rounds;
using Plum.Text;

namespace Plum.Cli.Reports;

/// <summary><c>report.html</c>: a run's result on one page without scripts, that needs nothing beside itself.</summary>
internal static class RunPage
{
    private const string Style = """
        th, td { white-space: nowrap; } svg { width: 100%; min-width: 32rem; height: auto; margin-top: 1rem; font-size: 12px; }
        .grid { stroke: var(--line); } .tick { fill: var(--dim); } .value { fill: var(--text); }
        .run line { stroke: var(--ours); stroke-width: 2; } .run circle { fill: var(--ours); } polyline.run { fill: none; stroke: var(--ours); stroke-opacity: .35; stroke-width: 2; }
        .control line { stroke: var(--other); stroke-width: 2; } .control circle { fill: var(--other); }
        """;

    /// <summary>Writes the page beside the report.</summary>
    public static void Write(RunDirectory run, RunReport report) => AtomicFile.WriteText(run.Page, Render(Path.GetFileName(run.Path), report));

    public static string Render(string name, RunReport report) => $"""
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Page.Text(name)} - Plum</title>
        <style>
        {Page.Style}
        {Style}
        </style>
        <h1>{Page.Text(name)}</h1>
        <p class="result">Held-out pass@1 {RunTable.Share(report.Before.PassAt1)} &rarr; <b>{RunTable.Share(report.After.PassAt1)}</b>:
        {RunTable.Points(report.Gain)} points (95% {RunTable.Points(report.GainLow)} to {RunTable.Points(report.GainHigh)}, p {Page.Text(RunTable.P(report.PValue))}).</p>
        <p class="small">{report.After.N} tasks with hidden tests, one greedy program each. {Page.Text(report.Method)}, seed {report.Seed}, {Pace.Span(TimeSpan.FromSeconds(report.Seconds))}.
        Bars are Wilson's 95% intervals; the gain's is a bootstrap over tasks, p is McNemar's exact test. Sandbox: {Page.Text(report.SandboxLevel)}.</p>
        <div class="scroll">{PassChart.Draw(report)}</div>
        <h2>Rounds</h2>
        <div class="scroll">{Rounds(report)}</div>
        {Controls(report)}
        <h2>Time, in seconds</h2>
        <div class="scroll">{Seconds(report)}</div>
        <h2>Held-out tasks by kind of failure</h2>
        <div class="scroll">{Failures(report)}</div>
        <h2>Test suites</h2>
        <p>{Count(report.Suites.Kept)} of {Count(report.Suites.Instructions)} instructions kept, {Number(report.Suites.TestsPerSuite)} tests each.
        Of the teacher's reference samples {RunTable.Share(report.Suites.SelfConsistency)} pass their suite.</p>
        <div class="scroll">{Page.Table(["dropped instructions", "count"], report.Suites.Dropped.Select(one => (string[])[one.Key, Count(one.Value)]))}</div>
        </html>
        """ + "\n";

    private static string Rounds(RunReport report) => Page.Table(
        ["round", "pass@1", "gain", "instructions", "candidates", "distinct", "pass", "pairs", "labels", "loss", "tokens"],
        report.Rounds.Select(round => (string[])
        [
            $"{round.Round}{(round.Stopped is { } why ? $" (stopped: {why})" : "")}", RunTable.Share(round.HeldOut.PassAt1), RunTable.Points(round.HeldOut.PassAt1 - report.Before.PassAt1),
            Count(round.SuitesKept), Count(round.Candidates), Count(round.DistinctPrograms), RunTable.Share(round.PassRate), Count(round.Pairs), Count(round.Labels),
            round.TrainLoss.ToString("F3", CultureInfo.InvariantCulture), Count(round.TrainTokens),
        ]));

    private static string Controls(RunReport report) => report.Controls is not { Count: > 0 } controls ? "" : "<h2>Control arms: the same start, as many tokens</h2>\n<div class=\"scroll\">" + Page.Table(
        ["arm", "pass@1", "95% interval", "gain", "run minus arm", "p", "tokens"],
        controls.Select(arm => (string[])
        [
            arm.Key, RunTable.Share(arm.Value.After.PassAt1), RunTable.Interval(arm.Value.After), RunTable.Points(arm.Value.Gain), RunTable.Points(arm.Value.RunMinusControl), RunTable.P(arm.Value.PValue), Count(arm.Value.TrainTokens),
        ])) + "</div>";

    private static string Seconds(RunReport report)
    {
        string[] stages = [.. report.Rounds.SelectMany(round => round.Seconds.Keys).Distinct()];
        return Page.Table(
            ["", .. stages],
            report.Rounds.Select(round => (string[])[$"round {round.Round}", .. stages.Select(stage => Number(round.Seconds.GetValueOrDefault(stage)))]));
    }

    private static string Failures(RunReport report)
    {
        string[] kinds = [.. report.Rounds.Select(round => round.HeldOut).Prepend(report.Before).SelectMany(figures => figures.Failures.Keys).Distinct().Order(StringComparer.Ordinal)];
        PassFigures[] columns = [report.Before, .. report.Rounds.Select(round => round.HeldOut)];
        return Page.Table(
            ["", "before", .. report.Rounds.Select(round => $"round {round.Round}")],
            kinds.Select(kind => (string[])[kind, .. columns.Select(figures => Count(figures.Failures.GetValueOrDefault(kind)))]));
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(double number) => number.ToString("F1", CultureInfo.InvariantCulture);
}
