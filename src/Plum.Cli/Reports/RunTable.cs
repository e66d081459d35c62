using System.Globalization;
using Plum.Cli.Watching;
using Plum.Rounds;
using Spectre.Console;

namespace Plum.Cli.Reports;

/// <summary>A run's result in one small table.</summary>
internal static class RunTable
{
    public static void Print(IAnsiConsole console, RunReport report, RunDirectory run)
    {
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumn("").AddColumn(Right("pass@1")).AddColumn(Right("95% interval")).AddColumn(Right("gain")).AddColumn(Right("p"))
            .AddColumn(Right("candidates pass")).AddColumn(Right("learnt from")).AddColumn(Right("time"));
        table.AddRow("before", Share(report.Before.PassAt1), Interval(report.Before), "", "", "", "", "");
        foreach (RoundFigures round in report.Rounds)
        {
            bool last = round.Round == report.Rounds.Count;
            table.AddRow(
                $"round {round.Round}", Share(round.HeldOut.PassAt1), Interval(round.HeldOut), Points(round.HeldOut.PassAt1 - report.Before.PassAt1),
                last ? P(report.PValue) : "", Share(round.PassRate), LearntFrom(report, round), Pace.Span(TimeSpan.FromSeconds(round.Seconds.Values.Sum())));
        }

        foreach ((string name, ControlFigures control) in report.Controls ?? new Dictionary<string, ControlFigures>())
        {
            table.AddRow(
                $"control: {name}", Share(control.After.PassAt1), Interval(control.After), Points(control.Gain),
                "", "", $"{control.TrainTokens:N0} tokens", control.Seconds > 0 ? Pace.Span(TimeSpan.FromSeconds(control.Seconds)) : "");
        }

        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Gain {Points(report.Gain)} points of held-out pass@1 (95% {Points(report.GainLow)} to {Points(report.GainHigh)}, p {P(report.PValue)}, {report.After.N} tasks), {report.Method}, seed {report.Seed}, {Pace.Span(TimeSpan.FromSeconds(report.Seconds))}."));
        foreach ((string name, ControlFigures control) in report.Controls ?? new Dictionary<string, ControlFigures>())
            console.WriteLine($"Against {name}: {Points(control.RunMinusControl)} points, p {P(control.PValue)}.");
        console.WriteLine($"Report: {run.Report}");
        console.WriteLine($"Policy: {run.Round(report.Rounds.Count).Policy}");
    }

    public static string Share(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture) + "%";

    public static string Points(double share) => (100 * share).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    public static string Interval(PassFigures figures) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * figures.CiLow:F1} to {100 * figures.CiHigh:F1}");

    public static string P(double value) => value < 0.001 ? "< 0.001" : value.ToString("F3", CultureInfo.InvariantCulture);

    public static string LearntFrom(RunReport report, RoundFigures round) => report.Method == "dpo" ? $"{round.Pairs:N0} pairs" : $"{round.Labels:N0} labels";

    private static TableColumn Right(string title) => new TableColumn(title).RightAligned().NoWrap();
}
