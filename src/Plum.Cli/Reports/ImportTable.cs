using System.Globalization;
using System.Text.Json;
using Plum.Instructions;
using Spectre.Console;

namespace Plum.Cli.Reports;

/// <summary>What became of files of instructions, for people.</summary>
internal static class ImportTable
{
    private const int Shown = 10;
    private const int LettersShown = 90;

    public static void Print(IAnsiConsole console, ImportReport report, string output, string details)
    {
        ImportFigures figures = report.Figures;
        Table table = new Table().Border(TableBorder.Simple).AddColumn("rows").AddColumn(Right("")).AddColumn("");
        foreach (ImportedFile file in figures.Files)
            table.AddRow("read", Number(file.Rows), Markup.Escape($"{file.File} ({file.Layout ?? "empty"}){(file.Malformed > 0 ? $", {file.Malformed:N0} malformed" : "")}"));
        foreach ((DropReason reason, int count) in figures.Dropped)
            table.AddRow(Markup.Escape(Name(reason)), Number(-count), reason == DropReason.Contaminated ? Markup.Escape(string.Join(", ", figures.ContaminatedBy.Select(one => $"{one.Value:N0} of {one.Key}"))) : "");
        table.AddRow("kept", Number(figures.Kept), Markup.Escape($"entry points: {string.Join(", ", figures.EntryPoints.Select(one => $"{one.Value:N0} {Name(one.Key)}"))}"));
        console.Write(table);
        if (report.Contaminated.Count > 0)
        {
            Table tasks = new Table().Border(TableBorder.Simple).AddColumn("contaminated").AddColumn("is").AddColumn("by").AddColumn("shared");
            foreach (ContaminatedRow row in report.Contaminated.Take(Shown))
                tasks.AddRow(Markup.Escape(row.Id ?? row.Where), Markup.Escape($"{row.Overlap.Benchmark} {row.Overlap.Task}"), Name(row.Overlap.Kind), Markup.Escape(Beginning(row.Overlap.Shared.ReplaceLineEndings(" "))));
            console.Write(tasks);
        }

        foreach (ImportedFile file in figures.Files.Where(file => file.FirstFault is not null)) Console.Out.WriteLine($"First malformed row: {file.FirstFault}");
        Console.Out.WriteLine($"Instructions: {output}");
        Console.Out.WriteLine($"Every removed row that was a benchmark's task or a near-duplicate: {details}");
    }

    private static string Name<T>(T value)
        where T : struct, Enum => JsonSerializer.Serialize(value, PlumJson.Lines).Trim('"').Replace('_', ' ');

    private static string Beginning(string text) => text.Length > LettersShown ? $"{text[..LettersShown]}..." : text;

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static TableColumn Right(string title) => new TableColumn(title).RightAligned().NoWrap();
}
