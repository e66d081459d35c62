using System.CommandLine;
using Plum.Cli.Reports;
using Plum.Rounds;

namespace Plum.Cli.Verbs;

/// <summary><c>plum report</c>: what a run achieved, once more.</summary>
internal static class ReportVerb
{
    public static Command Create()
    {
        Argument<string[]> folders = Flags.Path<string[]>("RUN", "Runs' folders.", ArgumentArity.OneOrMore);
        Option<bool> markdown = new("--markdown") { Description = "Print one table of all runs in Markdown instead." };
        Option<bool> json = Flags.Json();
        Command command = new("report", "Print a finished run's table again, and write its report.html.") { folders, markdown, json };
        command.SetAction(parsed =>
        {
            RunDirectory[] runs = [.. parsed.GetRequiredValue(folders).Select(folder => new RunDirectory(folder))];
            RunReport[] reports = [.. runs.Select(Read)];
            foreach ((RunDirectory run, RunReport report) in runs.Zip(reports)) RunPage.Write(run, report);
            if (parsed.GetValue(markdown))
            {
                Console.Out.Write(RunsInMarkdown.Of(reports));
                return 0;
            }

            if (runs.Length > 1 && parsed.GetValue(json))
            {
                Output.Say(json: true, new { runs = runs.Zip(reports).Select(one => Output.With(one.First.Path, one.Second)) }, _ => { });
                return 0;
            }

            foreach ((RunDirectory run, RunReport report) in runs.Zip(reports))
                Output.Say(parsed.GetValue(json), Output.With(run.Path, report), console => RunTable.Print(console, report, run));
            return 0;
        });
        return command;
    }

    /// <summary>A run's report.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static RunReport Read(RunDirectory run) => RunDirectory.Read<RunReport>(run.Report) ?? throw new InputException(
        File.Exists(run.Run) ? $"{run.Path}: the run is not complete: go on with it (plum run --out {run.Path}, with its recipe), then report"
            : $"{run.Path}: there is no run in this folder: name one that plum run wrote");
}
