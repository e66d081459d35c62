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
            .AddColumn(new TableColumn("").NoWrap()).AddColumn(Right("pass@1 (95%)")).AddColumn(Right("gain"))
            .AddColumn(Right("samples pass")).AddColumn(Right("learnt from")).AddColumn(Right("time"));
        table.AddRow("before", Held(report.Before), "", "", "", "");
        foreach (RoundFigures round in report.Rounds)
        {
            table.AddRow(
                $"round {round.Round}", Held(round.HeldOut), Points(round.HeldOut.PassAt1 - report.Before.PassAt1),
                Share(round.PassRate), LearntFrom(report, round), Time(round.Seconds.Values.Sum()));
        }

        foreach ((string name, ControlFigures control) in report.Controls ?? new Dictionary<string, ControlFigures>())
            table.AddRow($"control: {name}", Held(control.After), Points(control.Gain), "", $"{control.TrainTokens:N0} tokens", control.Seconds > 0 ? Time(control.Seconds) : "");
        console.Write(table);

        // Past the console, which would break paths at the terminal's width.
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Gain: {Points(report.Gain)} points of held-out pass@1 (95% {Points(report.GainLow)} to {Points(report.GainHigh)}, p {P(report.PValue)}, {report.After.N} tasks); {report.Method}, seed {report.Seed}, {Time(report.Seconds)}"));
        foreach ((string name, ControlFigures control) in report.Controls ?? new Dictionary<string, ControlFigures>())
            Console.Out.WriteLine($"Against {name}: {Points(control.RunMinusControl)} points, p {P(control.PValue)}");
        Console.Out.WriteLine($"Report: {run.Page}");
        Console.Out.WriteLine($"Policy: {run.Round(report.Rounds.Count).Policy}");
    }

    private static string Held(PassFigures figures) => $"{Share(figures.PassAt1)} ({Interval(figures)})";

    private static string Time(double seconds) => Pace.Span(TimeSpan.FromSeconds(seconds));

    public static string Share(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture) + "%";

    public static string Points(double share) => (100 * share).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    public static string Interval(PassFigures figures) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * figures.CiLow:F1}-{100 * figures.CiHigh:F1}");

    public static string P(double value) => value < 0.001 ? "< 0.001" : value.ToString("F3", CultureInfo.InvariantCulture);

    public static string LearntFrom(RunReport report, RoundFigures round) => new TrainingOptions(report.Method).LearnsFromPairs ? $"{round.Pairs:N0} pairs" : $"{round.Labels:N0} labels";

    private static TableColumn Right(string title) => new TableColumn(title).RightAligned().NoWrap();
}
