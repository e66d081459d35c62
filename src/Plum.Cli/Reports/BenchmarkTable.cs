using System.Globalization;
using Plum.Evaluation;
using Spectre.Console;

namespace Plum.Cli.Reports;

/// <summary>An evaluation on a public benchmark for people.</summary>
internal static class BenchmarkTable
{
    public static void Print(IAnsiConsole console, BenchmarkFigures figures, string file)
    {
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumn($"{figures.Benchmark}, {figures.Mode.ToString().ToLowerInvariant()} mode").AddColumn(new TableColumn("passed").RightAligned()).AddColumn(new TableColumn("95% interval").RightAligned());
        table.AddRow("first sample, base tests", $"{figures.BasePassed}/{figures.NTasks}", "");
        if (figures.PlusPassed is { } plus) table.AddRow("first sample, plus tests too", $"{plus}/{figures.NTasks}", "");
        foreach ((string k, double value) in figures.PassAtK)
            table.AddRow($"pass@{k}", RunTable.Share(value), k == "1" ? string.Create(CultureInfo.InvariantCulture, $"{100 * figures.CiLow:F1} to {100 * figures.CiHigh:F1}") : "");
        foreach ((string group, GroupFigures one) in figures.Groups ?? new Dictionary<string, GroupFigures>())
            table.AddRow(Markup.Escape($"  {group} ({one.NTasks})"), RunTable.Share(one.PassAt1), "");
        console.Write(table);
        if (figures.Failures.Count > 0)
            console.WriteLine("Failures: " + string.Join(", ", figures.Failures.OrderByDescending(one => one.Value).Select(one => $"{one.Value} {one.Key}")));
        if (figures.MissingTasks > 0) console.WriteLine($"{figures.MissingTasks} tasks have no sample");
        if (figures.ContaminatedTasks is { } contaminated) console.WriteLine($"{contaminated} tasks stand in the training files; pass@1 of the others {RunTable.Share(figures.CleanPassAt1 ?? 0)}");
        if (figures.Undecided > 0) console.WriteLine($"{figures.Undecided} samples could not be judged: the sandbox broke");
        if (figures.Disagreements > 0) console.WriteLine($"{figures.Disagreements} samples would be judged otherwise in the other mode: see other_mode in the results");
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figures.Seconds:F1} s, {figures.CpuSeconds:F1} CPU s. {file}"));
    }
}
