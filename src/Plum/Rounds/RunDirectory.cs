using System.Text.Json;
using Plum.Text;

namespace Plum.Rounds;

/// <summary>Where a run keeps its files. Resuming is reading them: a stage's file says how far the stage has come.</summary>
/// <param name="path">The run's folder, or the folder of one of its control arms.</param>
public sealed class RunDirectory(string path)
{
    /// <summary>The folder.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The resolved recipe, versions, machine.</summary>
    public string Run => At("run.json");

    /// <summary>The instructions of all rounds, in the order of use.</summary>
    public string Instructions => At("instructions.jsonl");

    /// <summary>Their test suites, dropped ones included.</summary>
    public string Suites => At("suites.jsonl");

    /// <summary>The held-out evaluation of the policy that the run began with.</summary>
    public string Before => At("before.json");

    /// <summary>Seconds spent outside of rounds, by stage.</summary>
    public string Seconds => At("seconds.json");

    /// <summary>What the run achieved.</summary>
    public string Report => At("report.json");

    /// <summary>The same for people: one page that needs nothing beside itself.</summary>
    public string Page => At("report.html");

    /// <summary>A round's folder.</summary>
    public RoundDirectory Round(int round) => new(At($"round-{round:00}"));

    /// <summary>A control arm's folder.</summary>
    public RunDirectory Control(string name) => new(At($"control-{name}"));

    /// <summary>Reads a JSON file written by <see cref="Write"/>; null where there is none.</summary>
    public static T? Read<T>(string file)
        where T : class
    {
        if (!File.Exists(file))
            return null;
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(file), PlumJson.Lines);
        }
        catch (JsonException failure)
        {
            throw new InputException($"{file}: not what Plum wrote there ({failure.Message}); remove the file, and the run goes on from before it.", failure);
        }
    }

    /// <summary>Writes a JSON file whole, or not at all.</summary>
    public static void Write<T>(string file, T value)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        AtomicFile.WriteText(file, JsonSerializer.Serialize(value, PlumJson.Pretty) + "\n");
    }

    private string At(string name) => System.IO.Path.Combine(Path, name);
}

/// <summary>Where a round keeps its files.</summary>
/// <param name="path">The round's folder.</param>
public sealed class RoundDirectory(string path)
{
    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>The policy's completions.</summary>
    public string Candidates => At("candidates.jsonl");

    /// <summary>Their verdicts, line by line.</summary>
    public string Verdicts => At("verdicts.jsonl");

    /// <summary>What is trained on: pairs or labels, in TRL's formats.</summary>
    public string Preferences => At("preferences.jsonl");

    /// <summary>Passing completions, whose likelihood may be raised beside the preferences.</summary>
    public string Passing => At("passing.jsonl");

    /// <summary>Training figures, step by step.</summary>
    public string Metrics => At("metrics.jsonl");

    /// <summary>Training figures of the whole round; written when the policy's folder is complete.</summary>
    public string Training => At("training.json");

    /// <summary>The policy that training wrote, until it is found to be no worse than the one before; it stays where it is worse.</summary>
    public string Trained => At("trained");

    /// <summary>The policy after the round.</summary>
    public string Policy => At("policy");

    /// <summary>The held-out evaluation of that policy.</summary>
    public string Evaluation => At("evaluation.json");

    /// <summary>The round's figures; its existence means that the round is complete.</summary>
    public string Complete => At("round.json");

    /// <summary>Seconds spent by stage, over all the processes that worked on the round.</summary>
    public string Seconds => At("seconds.json");

    private string At(string name) => System.IO.Path.Combine(Path, name);
}
