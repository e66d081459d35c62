using System.CommandLine;
using Plum.Torch.Checkpoints;
using Spectre.Console;

namespace Plum.Cli.Verbs;

/// <summary><c>plum model merge</c>: a LoRA adapter added into its base model, as a complete folder.</summary>
internal static class ModelMergeVerb
{
    public static Command Create()
    {
        Option<string> policy = Flags.Required<string>("--policy", "DIR", "The base model's folder.");
        Option<string> adapter = Flags.Required<string>("--adapter", "DIR", "The adapter's folder, as PEFT writes it.");
        Option<string> to = Flags.Required<string>("--out", "DIR", "Where the merged folder is to appear; what is there is replaced.");
        Option<bool> json = Flags.Json();
        Command command = new("merge", "Add a LoRA adapter into its base model and write a complete folder.") { policy, adapter, to, json };
        command.SetAction(parsed =>
        {
            (string from, string added, string into) = (parsed.GetRequiredValue(policy), parsed.GetRequiredValue(adapter), parsed.GetRequiredValue(to));
            if (((string[])[from, added]).Any(folder => Whole(folder) == Whole(into)))
                throw new InputException($"--out {into}: that is a folder to read from: name another");
            AdapterFolder.Merge(from, added, into);
            int changed;
            using (AdapterFolder opened = AdapterFolder.Open(added, ModelConfig.Read(from))) changed = opened.Parameters.Count;
            Output.Say(parsed.GetValue(json), new { @out = into, weights_changed = changed }, console => console.WriteLine($"{changed:N0} weights changed; {into}"));
            return 0;
        });
        return command;
    }

    private static string Whole(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
}
