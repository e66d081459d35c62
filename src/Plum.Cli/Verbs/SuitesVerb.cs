using System.CommandLine;
using Plum.Cli.Runs;
using Plum.Cli.Watching;
using Plum.Instructions;
using Plum.Rounds;
using Plum.Sandboxes;
using Plum.Suites;
using Spectre.Console;

namespace Plum.Cli.Verbs;

/// <summary><c>plum suites</c>: stage 1 alone, instructions to tests.</summary>
internal static class SuitesVerb
{
    public static Command Create()
    {
        StageFlags stage = new(rounds: false);
        Option<string?> instructions = new("--instructions") { Description = "JSON Lines of instructions.", HelpName = "FILE" };
        TeacherFlags teachers = new();
        Option<string?> to = new("--out") { Description = "The file of suites to write; what it holds is gone on with.", HelpName = "FILE" };
        Option<int> audit = Flags.AtLeast(new Option<int>("--audit") { Description = "How many kept suites are measured by mutants, coverage and --truth; 0 for none.", HelpName = "N", DefaultValueFactory = _ => 200 }, 0);
        Option<string?> truth = new("--truth") { Description = "Instructions with hidden tests, to measure suites by and never to learn from: JSON Lines as held-out tasks; the recipe's where left out.", HelpName = "FILE" };
        Command command = new("suites", "Stage 1: the teacher's tests, filtered by execution.") { instructions, to, audit, truth };
        teachers.AddTo(command);
        stage.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            Stage one = stage.Read(parsed);
            RunOptions options = teachers.Read(parsed, one.Options);
            string from = Stage.Choose(parsed.GetValue(instructions), "--instructions FILE", one.Run?.Instructions);
            string file = Stage.Choose(parsed.GetValue(to), "--out FILE", one.Run?.Suites);
            Preflight.Teachers(options);
            if (teachers.AskFailedAgain(parsed) && one.Run is { } run && File.Exists(run.Round(1).Candidates))
                throw new InputException($"{run.Path}: candidates were sampled for the suites that are there: leave --ask-failed-again out, or begin another run");
            IReadOnlyList<Instruction> asked = await InstructionFile.ReadAsync(from, cancellation).ConfigureAwait(false);
            await using PythonSandbox sandbox = one.OpenSandbox();
            Engine engine = one.Engine();
            SuiteFigures figures = await Watch.RunAsync(
                async progress =>
                {
                    await SuiteStage.RunAsync(file, asked, options, engine.Open, sandbox, progress, TimeProvider.System, cancellation, teachers.AskFailedAgain(parsed)).ConfigureAwait(false);
                    SuiteFigures counted = await SuiteStage.FiguresAsync(file, options, cancellation).ConfigureAwait(false);
                    return await SuiteReview.OfAsync(counted, file, asked, parsed.GetValue(audit), parsed.GetValue(truth), one, engine, sandbox, cancellation).ConfigureAwait(false);
                },
                $"stopped; the same command goes on from {file}", cancellation).ConfigureAwait(false);
            Output.Say(one.Json, Output.With(file, figures), console =>
            {
                console.WriteLine($"{figures.Kept:N0} of {figures.Instructions:N0} instructions kept, {figures.TestsPerSuite:F1} tests each{SuiteReview.InWords(figures)}; {file}");
                foreach (string line in SuiteReview.TeachersInWords(figures)) console.WriteLine(line);
            });
            return 0;
        });
        return command;
    }
}
