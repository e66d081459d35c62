using System.CommandLine;
using Plum.Rounds;
using Plum.Sandboxes;
using Plum.Torch;

namespace Plum.Cli.Runs;

/// <summary>The flags of a verb that does one stage: of a run in its folder, or on files that are named.</summary>
/// <param name="rounds">Whether the stage belongs to a round.</param>
internal sealed class StageFlags(bool rounds)
{
    private readonly Argument<string?> run = Flags.Path<string?>("RUN", "A run's folder: its recipe and its files are used. Otherwise name the files.", ArgumentArity.ZeroOrOne);
    private readonly Option<int?> round = Flags.AtLeast(new Option<int?>("--round") { Description = "Which round of the run.", HelpName = "N" }, 1);
    private readonly Option<string?> recipe = new("--recipe") { Description = "Without a run: whose settings to use; the embedded default's where left out.", HelpName = "FILE" };
    private readonly Option<ulong?> seed = Flags.Seed();
    private readonly Option<string[]> set = Flags.Set();
    private readonly Option<int?> workers = Flags.Workers();
    private readonly Option<string?> device = Flags.Device();
    private readonly Option<bool> weak = Flags.Unsafe();
    private readonly Option<bool> json = Flags.Json();

    public void AddTo(Command command)
    {
        command.Arguments.Add(run);
        if (rounds) command.Options.Add(round);
        foreach (Option option in (Option[])[recipe, seed, set, workers, device, weak, json]) command.Options.Add(option);
    }

    /// <summary>Reads the flags.</summary>
    /// <exception cref="InputException">They contradict each other, or the folder is not a run's.</exception>
    public Stage Read(ParseResult parsed)
    {
        int? asked = parsed.GetValue(workers);
        if (parsed.GetValue(run) is not { } folder)
        {
            RunOptions chosen = RecipeFile.Read(
                parsed.GetValue(recipe) ?? Assets.DefaultRecipe,
                [.. parsed.GetValue(set) ?? [], .. parsed.GetValue(seed) is { } given ? [$"seed={given}"] : Array.Empty<string>()]);
            int count = asked ?? (chosen.Workers > 0 ? chosen.Workers : Environment.ProcessorCount);
            return new(null, OnDevice(RecipeFile.Located(chosen, Assets.Folder), parsed), parsed.GetValue(round) ?? 1, count, parsed.GetValue(weak), parsed.GetValue(json));
        }

        RunDirectory directory = new(folder);
        RunRecord record = RunDirectory.Read<RunRecord>(directory.Run)
            ?? throw new InputException($"{directory.Path}: there is no run.json: begin the run with `plum run --begin --out {folder}`, or name the files instead of a run");
        if (parsed.GetValue(recipe) is not null || parsed.GetValue(seed) is not null || parsed.GetValue(set) is { Length: > 0 })
            throw new InputException($"{directory.Path}: a run brings its own recipe and seed: leave --recipe, --seed and --set out, or begin another run");
        if (rounds && parsed.GetValue(round) is null)
            throw new InputException($"{directory.Path}: say which round: --round N, from 1 to {record.Recipe.Rounds}");
        if (parsed.GetValue(round) > record.Recipe.Rounds)
            throw new InputException($"{directory.Path}: the run has {record.Recipe.Rounds} rounds: give --round from 1 to {record.Recipe.Rounds}");
        return new(directory, OnDevice(RecipeFile.Located(record.Recipe, Assets.Folder), parsed), parsed.GetValue(round) ?? 1, asked ?? record.Recipe.Workers, parsed.GetValue(weak), parsed.GetValue(json));
    }

    private RunOptions OnDevice(RunOptions recipe, ParseResult parsed) => parsed.GetValue(device) is { } named ? recipe with { Device = named } : recipe;
}

/// <summary>What one stage works with.</summary>
/// <param name="Run">The run's folder; null where files are named.</param>
/// <param name="Options">The recipe, with paths of this machine.</param>
/// <param name="Round">The round.</param>
/// <param name="Workers">Threads and jails.</param>
/// <param name="Unsafe">Whether limits alone may do for isolation.</param>
/// <param name="Json">Whether to speak to programs.</param>
internal sealed record Stage(RunDirectory? Run, RunOptions Options, int Round, int Workers, bool Unsafe, bool Json)
{
    /// <summary>The round's folder; null where files are named.</summary>
    public RoundDirectory? Files => Run?.Round(Round);

    /// <summary>The policy that the round samples from; null where files are named.</summary>
    public string? Policy => Run is null ? null : Round == 1 ? Options.Policy : Run.Round(Round - 1).Policy;

    public PythonSandbox OpenSandbox() => PythonSandbox.Open(new SandboxOptions(Jails: Workers, Unsafe: Unsafe));

    public Engine Engine()
    {
        TorchRuntime.Load();
        return new(Workers, Options.Precision, Options.Device);
    }

    /// <summary>A path that was given, or the run's own.</summary>
    /// <param name="given">What was given.</param>
    /// <param name="flag">The flag that gives it.</param>
    /// <param name="own">The run's own; null where there is no run.</param>
    /// <exception cref="InputException">Neither is there.</exception>
    public static string Choose(string? given, string flag, string? own) =>
        given ?? own ?? throw new InputException($"name a run's folder, or give {flag}");
}
