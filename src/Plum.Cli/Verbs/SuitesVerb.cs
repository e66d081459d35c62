using System.CommandLine;
using Plum.Cli.Runs;
using Plum.Cli.Watching;
using Plum.Rounds;
using Plum.Sandboxes;
using Plum.Suites;
using Plum.Text;
using Spectre.Console;

namespace Plum.Cli.Verbs;

/// <summary><c>plum suites</c>: stage 1 alone, instructions to tests.</summary>
internal static class SuitesVerb
{
    public static Command Create()
    {
        StageFlags stage = new(rounds: false);
        Option<string?> instructions = new("--instructions") { Description = "JSON Lines of instructions.", HelpName = "FILE" };
        Option<string?> teacher = new("--teacher") { Description = "The teacher's checkpoint folder; the recipe's where left out.", HelpName = "DIR" };
        Option<string?> to = new("--out") { Description = "The file of suites to write; what it holds is gone on with.", HelpName = "FILE" };
        Command command = new("suites", "Stage 1: the teacher's tests, filtered by execution.") { instructions, teacher, to };
        stage.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            Stage one = stage.Read(parsed);
            RunOptions options = parsed.GetValue(teacher) is { } folder ? one.Options with { Teacher = folder } : one.Options;
            string from = Stage.Choose(parsed.GetValue(instructions), "--instructions FILE", one.Run?.Instructions);
            string file = Stage.Choose(parsed.GetValue(to), "--out FILE", one.Run?.Suites);
            Preflight.Model("teacher", options.Teacher == "self" ? options.Policy : options.Teacher);
            IReadOnlyList<Instruction> asked = await JsonLines.ReadAllAsync<Instruction>(from, instruction => instruction.Id, cancellation).ConfigureAwait(false);
            await using PythonSandbox sandbox = one.OpenSandbox();
            Engine engine = one.Engine();
            SuiteFigures figures = SuiteFigures.Of([.. await Watch.RunAsync(
                progress => SuiteStage.RunAsync(file, asked, options, engine.Open, sandbox, progress, cancellation),
                $"stopped; the same command goes on from {file}", cancellation).ConfigureAwait(false)]);
            Output.Say(one.Json, Output.With(file, figures), console => console.WriteLine(
                $"{figures.Kept:N0} of {figures.Instructions:N0} instructions kept, {figures.TestsPerSuite:F1} tests each; {file}"));
            return 0;
        });
        return command;
    }
}
