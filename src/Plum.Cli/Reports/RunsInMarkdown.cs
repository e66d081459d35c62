using System.Globalization;
using System.Text;
using Plum.Cli.Watching;
using Plum.Rounds;

namespace Plum.Cli.Reports;

/// <summary>Several runs as one Markdown table, a row each: the table of the README.</summary>
internal static class RunsInMarkdown
{
    public static string Of(IReadOnlyList<RunReport> reports)
    {
        string[] controls = [.. reports.SelectMany(report => report.Controls?.Keys ?? []).Distinct().Order(StringComparer.Ordinal)];
        StringBuilder text = new();
        Row(text, ["seed", "before", "after", "gain (95%)", "p", .. controls.SelectMany(name => (string[])[$"control: {name}", $"run minus {name} (p)"]), "method", "time"]);
        Row(text, [.. Enumerable.Repeat("---", 7 + (2 * controls.Length))]);
        foreach (RunReport report in reports)
        {
            Row(text,
            [
                report.Seed.ToString(CultureInfo.InvariantCulture), Held(report.Before), Held(report.After),
                $"{RunTable.Points(report.Gain)} ({RunTable.Points(report.GainLow)} to {RunTable.Points(report.GainHigh)})", RunTable.P(report.PValue),
                .. controls.SelectMany(name => report.Controls?.TryGetValue(name, out ControlFigures? control) == true
                    ? (string[])[Held(control.After), $"{RunTable.Points(control.RunMinusControl)} ({RunTable.P(control.PValue)})"]
                    : ["", ""]),
                report.Method, Pace.Span(TimeSpan.FromSeconds(report.Seconds)),
            ]);
        }

        return text.ToString();
    }

    private static string Held(PassFigures figures) => $"{RunTable.Share(figures.PassAt1)} ({RunTable.Interval(figures)})";

    private static void Row(StringBuilder text, string[] cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
