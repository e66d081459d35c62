using System.CommandLine;
using System.Text.Json;
using Plum.Cli.Reports;
using Plum.Cli.Runs;
using Plum.Cli.Watching;
using Plum.Rounds;
using Plum.Sandboxes;
using Plum.Suites;
using Plum.Torch;

namespace Plum.Cli.Verbs;

/// <summary><c>plum run</c>: the whole loop, gone on with where the folder holds a part of it.</summary>
internal static class RunVerb
{
    public static Command Create()
    {
        ChosenRecipe chosen = new();
        Option<string?> to = new("--out") { Description = "The run's folder; runs/NAME-seedN where left out. A run found there is gone on with.", HelpName = "DIR" };
        Option<bool> controls = new("--with-controls") { Description = "Also train two control arms on as many tokens: rejection sampling, and more supervised fine-tuning." };
        Option<bool> print = new("--print-recipe", "--dry-run") { Description = "Print the resolved recipe and do nothing." };
        Option<bool> begin = new("--begin") { Description = "Write run.json and the instructions and stop, for the verbs that do one stage." };
        Option<int?> workers = Flags.Workers();
        Option<string?> device = Flags.Device();
        Option<bool> json = Flags.Json(), weak = Flags.Unsafe();
        Command command = new("run", "The whole loop: tests, candidates, verdicts, preferences, training, evaluation, round after round.")
        {
            to, controls, print, begin, workers, device, weak, json,
        };
        chosen.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            RunOptions recipe = chosen.Read(parsed);
            if (parsed.GetValue(workers) is { } count) recipe = recipe with { Workers = count };
            if (parsed.GetValue(device) is { } named) recipe = recipe with { Device = named };
            if (parsed.GetValue(print))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(recipe, parsed.GetValue(json) ? PlumJson.Lines : PlumJson.Pretty));
                return 0;
            }

            RunDirectory run = new(parsed.GetValue(to) ?? Path.Combine("runs", $"{chosen.Name(parsed)}-seed{recipe.Seed}"));
            if (await RunAsync(run, recipe, parsed.GetValue(begin), parsed.GetValue(controls), parsed.GetValue(weak), cancellation).ConfigureAwait(false) is { } report)
                Output.Say(parsed.GetValue(json), Output.With(run.Path, report), console => RunTable.Print(console, report, run));
            return 0;
        });
        return command;
    }

    private static async Task<RunReport?> RunAsync(RunDirectory run, RunOptions recipe, bool begin, bool controls, bool weak, CancellationToken cancellation)
    {
        RunRecord? there = RunFolder.Existing(run);
        // The order of sums follows the number of workers, so a run keeps the number that it began with.
        int workers = recipe.Workers > 0 ? recipe.Workers : there?.Recipe.Workers ?? Environment.ProcessorCount;
        // So does it with what "auto" meant where it began.
        recipe = recipe with
        {
            Workers = workers,
            Precision = Precision(recipe.Precision, there?.Recipe.Precision),
            Training = recipe.Training! with { Precision = Precision(recipe.Training!.Precision, there?.Recipe.Training?.Precision) },
        };
        string Precision(string asked, string? begun) => asked == "auto" && begun is not null ? begun : TorchRuntime.Resolve(asked, TorchDevice.Of(recipe.Device));
        RunOptions located = RecipeFile.Located(recipe, Assets.Folder);
        await Preflight.CheckAsync(located, cancellation).ConfigureAwait(false);
        Engine engine = new(workers, recipe.Precision, recipe.Device);
        await using PythonSandbox sandbox = PythonSandbox.Open(new SandboxOptions(Jails: workers, Unsafe: weak));
        RunRecord here = new(recipe, recipe.Seed, Versions.Here(), sandbox.Level, recipe.Precision, Compute.On(recipe.Device), Machine.Here(),
            RunRecord.InputsOf(located), TeacherPrompts.Load(located.TeacherPrompts).VersionsOf(located.Suites!, located.AllTeachers.Any(one => one.Endpoint is { Structured: not "off" })));
        if (there is null)
            RunDirectory.Write(run.Run, here);
        else
            RunFolder.RequireSame(run, there, here);
        Console.Error.WriteLine($"plum: {(there is null ? "writing to" : "going on with")} {run.Path} (sandbox: {sandbox.Level}, workers: {workers})");
        if (begin)
        {
            await InstructionStage.RunAsync(run.Instructions, located, cancellation).ConfigureAwait(false);
            return null;
        }

        RunReport report = await Watch.RunAsync(
            progress => new RoundLoop(located, engine.Open, engine.Trainer, sandbox, progress, TimeProvider.System).RunAsync(run, controls, cancellation),
            $"stopped; what is complete is kept. The same command goes on from {run.Path}", cancellation).ConfigureAwait(false);
        RunPage.Write(run, report);
        return report;
    }
}
