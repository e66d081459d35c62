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
        .bars td { border: 0; } .bars td:nth-child(2) { width: 100%; } .bar { background: var(--ours); height: .8rem; min-width: 2px; }
        details { border-bottom: 1px solid var(--line); padding: .25rem 0; } summary { cursor: pointer; font-size: .9rem; overflow-wrap: anywhere; }
        pre { background: var(--soft); margin: .4rem 0; padding: .5rem .6rem; overflow-x: auto; font-size: .8rem; line-height: 1.4; }
        dl { margin: .6rem 0; } dt { font-weight: 600; font-size: .8rem; color: var(--dim); } dd { margin: 0; } dd pre { white-space: pre-wrap; overflow-wrap: anywhere; }
        .pass { color: var(--good); } .fail { color: var(--bad); } .undecided { color: var(--unsure); }
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
            {Page.Style}
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
            {Samples("Not passed", [.. results.Where(result => !result.Passed)])}
            {Samples("Passed", [.. results.Where(result => result.Passed)])}
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
        int most = failures.Values.Max();
        StringBuilder html = new("<table class=\"bars\">\n");
        foreach ((string kind, int count) in failures.OrderByDescending(one => one.Value))
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Page.Text(kind)}</td><td><div class=\"bar\" style=\"width: {100 * count / most}%\"></div></td><td>{count}</td></tr>\n");
        return html.Append("</table>").ToString();
    }

    private static string Samples(string title, IReadOnlyList<SampleResult> results) =>
        results.Count == 0 ? "" : $"<h2>{title}: {results.Count}</h2>\n{string.Concat(results.Select(Sample))}";

    private static string[] Disagreement(SampleResult result)
    {
        Disagreement other = result.OtherMode!;
        return [result.TaskId, $"{result.Sample}", other.Set, Word(other.Parity), Word(other.Strict), other.Cause];
    }

    private static string Sample(SampleResult result)
    {
        string state = result.Passed ? "pass" : result.Undecided ? "undecided" : "fail";
        StringBuilder html = new($"<details><summary>{Page.Text(result.TaskId)}{(result.Sample > 0 ? $", sample {result.Sample}" : "")}: <span class=\"{state}\">{(result.Passed ? "passed" : Page.Text(result.Failure ?? "failed"))}</span></summary>\n");
        if (result.FirstFailure is { } failure)
        {
            html.Append("<dl>");
            Item(html, $"fails {failure.Set} test {failure.Case + 1}{(failure.Input is null ? "" : " on")}", failure.Input ?? "");
            Item(html, "expected", failure.Expected);
            Item(html, "got", failure.Got);
            Item(html, "message", failure.Message);
            html.Append("</dl>\n");
        }

        html.Append("<pre>").Append(Page.Text(Cut(result.Solution))).Append("</pre>\n");
        return html.Append("</details>\n").ToString();
    }

    private static void Item(StringBuilder html, string name, string? text)
    {
        if (text is null) return;
        html.Append("<dt>").Append(Page.Text(name)).Append("</dt>");
        if (text.Length > 0) html.Append("<dd><pre>").Append(Page.Text(Cut(text))).Append("</pre></dd>");
    }

    private static string Word(SetStatus status) => status.ToString().ToLowerInvariant();

    private static string Cut(string text) => text.Length > MostShown ? text[..MostShown] + " ..." : text;

    private static string Share(double share) => RunTable.Share(share);

    private static string Number(double number) => number.ToString("F1", CultureInfo.InvariantCulture);
}
