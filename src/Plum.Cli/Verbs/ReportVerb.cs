using System.CommandLine;
using Plum.Cli.Reports;
using Plum.Rounds;

namespace Plum.Cli.Verbs;

/// <summary><c>plum report</c>: what a run achieved, once more.</summary>
internal static class ReportVerb
{
    public static Command Create()
    {
        Argument<string> folder = Flags.Path<string>("RUN", "A run's folder.", ArgumentArity.ExactlyOne);
        Option<bool> json = Flags.Json();
        Command command = new("report", "Print a finished run's table again, and write its report.html.") { folder, json };
        command.SetAction(parsed =>
        {
            RunDirectory run = new(parsed.GetRequiredValue(folder));
            RunReport report = Read(run);
            RunPage.Write(run, report);
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
