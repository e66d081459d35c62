using System.CommandLine;
using System.Text.Json;
using Plum.Cli.Reports;
using Plum.Cli.Runs;
using Plum.Cli.Watching;
using Plum.Rounds;
using Plum.Sandboxes;
using Plum.Torch;
using Plum.Torch.Decoding;
using Plum.Torch.Training;

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
        Option<int?> workers = Flags.Workers();
        Option<bool> json = Flags.Json(), weak = Flags.Unsafe();
        Command command = new("run", "The whole loop: tests, candidates, verdicts, preferences, training, evaluation, round after round.")
        {
            to, controls, print, workers, weak, json,
        };
        chosen.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            RunOptions recipe = chosen.Read(parsed);
            if (parsed.GetValue(workers) is { } count) recipe = recipe with { Workers = count };
            if (parsed.GetValue(print))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(recipe, parsed.GetValue(json) ? PlumJson.Lines : PlumJson.Pretty));
                return 0;
            }

            RunDirectory run = new(parsed.GetValue(to) ?? Path.Combine("runs", $"{chosen.Name(parsed)}-seed{recipe.Seed}"));
            RunReport report = await RunAsync(run, recipe, parsed.GetValue(controls), parsed.GetValue(weak), cancellation).ConfigureAwait(false);
            Output.Say(parsed.GetValue(json), Output.With(run.Path, report), console => RunTable.Print(console, report, run));
            return 0;
        });
        return command;
    }

    private static async Task<RunReport> RunAsync(RunDirectory run, RunOptions recipe, bool controls, bool weak, CancellationToken cancellation)
    {
        RunRecord? there = RunFolder.Existing(run);
        // The order of sums follows the number of workers, so a run keeps the number that it began with.
        int workers = recipe.Workers > 0 ? recipe.Workers : there?.Recipe.Workers ?? Environment.ProcessorCount;
        recipe = recipe with { Workers = workers };
        RunOptions located = RecipeFile.Located(recipe, Assets.Folder);
        Preflight.Check(located);
        await using PythonSandbox sandbox = PythonSandbox.Open(new SandboxOptions(Jails: workers, Unsafe: weak));
        RunRecord here = new(recipe, recipe.Seed, Versions.Here(), sandbox.Level, recipe.Precision, Machine.Here(), RunRecord.InputsOf(located));
        if (there is null)
            RunDirectory.Write(run.Run, here);
        else
            RunFolder.RequireSame(run, there, here);
        Console.Error.WriteLine($"plum: {(there is null ? "writing to" : "going on with")} {run.Path} (sandbox: {sandbox.Level}, workers: {workers})");
        try
        {
            EngineOptions engine = new(workers, DType: TorchRuntime.TypeOf(recipe.Precision));
            return await Watch.RunAsync(progress => new RoundLoop(
                located, folder => LocalModel.Open(folder, engine), new CheckpointTrainer(workers, engine.DType), sandbox, progress, TimeProvider.System)
                .RunAsync(run, controls, cancellation)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new StoppedException($"stopped; what is complete is kept. The same command goes on from {run.Path}");
        }
    }
}
