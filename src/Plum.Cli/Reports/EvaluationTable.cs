using System.Globalization;
using Plum.Evaluation;
using Spectre.Console;

namespace Plum.Cli.Reports;

/// <summary>An evaluation for people.</summary>
internal static class EvaluationTable
{
    public static void Print(IAnsiConsole console, EvaluationReport report, string file)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn(report.Benchmark).AddColumn(new TableColumn("passed").RightAligned()).AddColumn(new TableColumn("95% interval").RightAligned());
        table.AddRow("pass@1, greedy", RunTable.Share(report.PassAt1), Interval(report.CiLow, report.CiHigh));
        foreach (PassAtKFigure figure in report.PassAtK ?? [])
            table.AddRow($"pass@{figure.K}, sampled", RunTable.Share(figure.Value), Interval(figure.CiLow, figure.CiHigh));
        foreach ((string family, FamilyFigures figures) in report.Families.Where(one => one.Key.Length > 0))
            table.AddRow(Markup.Escape($"  {family}"), $"{figures.Passed}/{figures.N}", "");
        console.Write(table);
        if (report.Failures.Count > 0)
            console.WriteLine("Failures: " + string.Join(", ", report.Failures.OrderByDescending(one => one.Value).Select(one => $"{one.Value} {one.Key}")));
        console.WriteLine(file);
    }

    private static string Interval(double low, double high) => string.Create(CultureInfo.InvariantCulture, $"{100 * low:F1} to {100 * high:F1}");
}
