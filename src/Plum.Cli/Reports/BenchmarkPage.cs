using System.Globalization;
using System.Text;
using Plum.Evaluation;
using Plum.Evaluation.Judging;
using Plum.Text;

namespace Plum.Cli.Reports;

/// <summary><c>report.html</c> of an evaluation on a public benchmark: figures, failures, and every task with its program. Nothing beside itself is needed.</summary>
internal static class BenchmarkPage
{
    private const int MostShown = 2_000;

    private const string Style = """
        body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 54rem; margin: 2.5rem auto; padding: 0 1rem; }
        h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; } p { margin: .4rem 0; }
        .result { font-size: 1.1rem; } .small { color: #666; font-size: .875rem; overflow-wrap: anywhere; }
        table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; width: 100%; }
        th, td { text-align: right; padding: .3rem .5rem; border-bottom: 1px solid #e6e6e6; }
        th { font-weight: 600; color: #555; } th:first-child, td:first-child { text-align: left; padding-left: 0; }
        .scroll { overflow-x: auto; } svg { width: 100%; height: auto; font-size: 12px; } .bar { fill: #6b2d5c; } .tick { fill: #444; }
        details { border-bottom: 1px solid #e6e6e6; padding: .25rem 0; } summary { cursor: pointer; font-size: .9rem; }
        pre { background: #f6f6f6; padding: .6rem; overflow-x: auto; font-size: .8rem; line-height: 1.4; } dt { font-weight: 600; font-size: .8rem; color: #555; } dd { margin: 0 0 .4rem; }
        .pass { color: #1d7a3a; } .fail { color: #b3261e; } .undecided { color: #8a6d00; }
        """;

    /// <summary>Writes the page.</summary>
    public static void Write(string file, BenchmarkFigures figures, IReadOnlyList<SampleResult> results) => AtomicFile.WriteText(file, Render(figures, results));

    private static string Render(BenchmarkFigures figures, IReadOnlyList<SampleResult> results)
    {
        SampleResult[] disagreements = [.. results.Where(result => result.OtherMode is not null)];
        return $"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Page.Text(figures.Benchmark)} - Plum</title>
            <style>
            {Style}
            </style>
            <h1>{Page.Text(figures.Benchmark)}</h1>
            <p class="result">pass@1 <b>{Share(figures.PassAtK.TryGetValue("1", out double first) ? first : (double)(figures.PlusPassed ?? figures.BasePassed) / figures.NTasks)}</b> (95% {Number(100 * figures.CiLow)} to {Number(100 * figures.CiHigh)}) in {figures.Mode.ToString().ToLowerInvariant()} mode.</p>
            <p class="small">{figures.NTasks} tasks, {figures.NSamples} samples{(figures.MissingTasks > 0 ? $"; {figures.MissingTasks} tasks have no sample and are left out" : "")}{(figures.Undecided > 0 ? $"; {figures.Undecided} samples could not be judged, because the sandbox broke" : "")}.
            The interval is a bootstrap over tasks. {Number(figures.Seconds)} s, {Number(figures.CpuSeconds)} CPU s. Sandbox: {Page.Text(figures.SandboxLevel)}.</p>
            <div class="scroll">{Page.Table(["", "tasks or samples", "share"], Figures(figures))}</div>
            {Groups(figures)}
            <h2>Failures</h2>
            {Chart(figures.Failures)}
            {(disagreements.Length == 0 ? "" : "<h2>Where the other mode says otherwise</h2>\n<div class=\"scroll\">" + Page.Table(["task", "sample", "tests", "parity", "strict", "cause"], disagreements.Select(Disagreement)) + "</div>")}
            <h2>Tasks</h2>
            {string.Concat(results.Select(Sample))}
            </html>
            """ + "\n";
    }

    private static IEnumerable<string[]> Figures(BenchmarkFigures figures)
    {
        yield return ["first sample passes the benchmark's own tests", $"{figures.BasePassed}/{figures.NTasks}", Share((double)figures.BasePassed / figures.NTasks)];
        if (figures.PlusPassed is { } plus) yield return ["first sample passes the further tests too", $"{plus}/{figures.NTasks}", Share((double)plus / figures.NTasks)];
        if (figures.ContaminatedTasks is { } contaminated) yield return ["pass@1 of the tasks that do not stand in the training files", $"{figures.NTasks - contaminated}/{figures.NTasks}", Share(figures.CleanPassAt1 ?? 0)];
        foreach ((string k, double value) in figures.PassAtK) yield return [$"pass@{k}", "", Share(value)];
        foreach ((string k, double value) in figures.BasePassAtK ?? new Dictionary<string, double>()) yield return [$"pass@{k}, the benchmark's own tests", "", Share(value)];
    }

    private static string Groups(BenchmarkFigures figures) => figures.Groups is not { Count: > 0 } groups ? ""
        : "<h2>By difficulty and month</h2>\n<div class=\"scroll\">" + Page.Table(["", "tasks", "pass@1"], groups.Select(group => (string[])[group.Key, $"{group.Value.NTasks}", Share(group.Value.PassAt1)])) + "</div>";

    private static string Chart(IReadOnlyDictionary<string, int> failures)
    {
        if (failures.Count == 0) return "<p>None.</p>";
        const int Row = 24, Left = 180, Width = 640;
        int most = failures.Values.Max(), at = 0;
        StringBuilder svg = new($"<svg viewBox=\"0 0 {Width} {failures.Count * Row}\" role=\"img\" aria-label=\"Samples by kind of failure\">\n");
        foreach ((string kind, int count) in failures.OrderByDescending(one => one.Value))
        {
            int y = Row * at++;
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"tick\" x=\"{Left - 8}\" y=\"{y + 16}\" text-anchor=\"end\">{Page.Text(kind)}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"bar\" x=\"{Left}\" y=\"{y + 4}\" width=\"{Math.Max(2, (Width - Left - 60) * count / most)}\" height=\"{Row - 8}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"tick\" x=\"{Left + Math.Max(2, (Width - Left - 60) * count / most) + 6}\" y=\"{y + 16}\">{count}</text>\n");
        }

        return svg.Append("</svg>").ToString();
    }

    private static string[] Disagreement(SampleResult result)
    {
        Disagreement other = result.OtherMode!;
        return [result.TaskId, $"{result.Sample}", other.Set, Word(other.Parity), Word(other.Strict), other.Cause];
    }

    private static string Sample(SampleResult result)
    {
        string state = result.Passed ? "pass" : result.Undecided ? "undecided" : "fail";
        StringBuilder html = new($"<details><summary>{Page.Text(result.TaskId)}{(result.Sample > 0 ? $", sample {result.Sample}" : "")}: <span class=\"{state}\">{(result.Passed ? "passed" : Page.Text(result.Failure ?? "failed"))}</span></summary>\n");
        html.Append("<pre>").Append(Page.Text(Cut(result.Solution))).Append("</pre>\n");
        if (result.FirstFailure is { } failure)
        {
            html.Append("<dl>");
            Item(html, $"first failure: {failure.Set} test {failure.Case + 1}, input", failure.Input);
            Item(html, "expected", failure.Expected);
            Item(html, "got", failure.Got);
            Item(html, "message", failure.Message);
            html.Append("</dl>\n");
        }

        return html.Append("</details>\n").ToString();
    }

    private static void Item(StringBuilder html, string name, string? text)
    {
        if (text is not null) html.Append("<dt>").Append(Page.Text(name)).Append("</dt><dd><pre>").Append(Page.Text(Cut(text))).Append("</pre></dd>");
    }

    private static string Word(SetStatus status) => status.ToString().ToLowerInvariant();

    private static string Cut(string text) => text.Length > MostShown ? text[..MostShown] + " ..." : text;

    private static string Share(double share) => RunTable.Share(share);

    private static string Number(double number) => number.ToString("F1", CultureInfo.InvariantCulture);
}
