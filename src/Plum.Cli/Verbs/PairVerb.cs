using System.CommandLine;
using Plum.Candidates;
using Plum.Cli.Runs;
using Plum.Models;
using Plum.Preferences;
using Plum.Rounds;
using Plum.Text;
using Spectre.Console;

namespace Plum.Cli.Verbs;

/// <summary><c>plum pair</c>: stage 2c alone, verdicts to preferences.</summary>
internal static class PairVerb
{
    public static Command Create()
    {
        StageFlags stage = new(rounds: true);
        Option<string?> instructions = new("--instructions") { Description = "JSON Lines of instructions.", HelpName = "FILE" };
        Option<string?> candidates = new("--candidates") { Description = "JSON Lines of candidates.", HelpName = "FILE" };
        Option<string?> verdicts = new("--verdicts") { Description = "JSON Lines of their verdicts.", HelpName = "FILE" };
        Option<string?> policy = new("--policy") { Description = "The checkpoint folder whose chat template renders the prompts.", HelpName = "DIR" };
        Option<string?> to = new("--out") { Description = "The file of preferences to write.", HelpName = "FILE" };
        Option<string?> passing = new("--passing") { Description = "The file of passing completions to write; FILE.passing.jsonl where left out.", HelpName = "FILE" };
        Command command = new("pair", "Stage 2c: from verdicts pairs (training.method dpo and others) or labels (kto, rft), in TRL's formats.") { instructions, candidates, verdicts, policy, to, passing };
        stage.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            Stage one = stage.Read(parsed);
            string file = Stage.Choose(parsed.GetValue(to), "--out FILE", one.Files?.Preferences);
            string folder = Stage.Choose(parsed.GetValue(policy), "--policy DIR", one.Policy);
            IReadOnlyList<Instruction> asked = await JsonLines.ReadAllAsync<Instruction>(
                Stage.Choose(parsed.GetValue(instructions), "--instructions FILE", one.Run?.Instructions), instruction => instruction.Id, cancellation).ConfigureAwait(false);
            IReadOnlyList<Candidate> sampled = await JsonLines.ReadAllAsync<Candidate>(
                Stage.Choose(parsed.GetValue(candidates), "--candidates FILE", one.Files?.Candidates), cancellation).ConfigureAwait(false);
            IReadOnlyList<Verdict> judged = await JsonLines.ReadAllAsync<Verdict>(
                Stage.Choose(parsed.GetValue(verdicts), "--verdicts FILE", one.Files?.Verdicts), cancellation).ConfigureAwait(false);
            Preflight.Model("policy", folder);
            ILanguageModel model = one.Engine().Open(folder);
            using var _ = model as IDisposable;
            Sampler sampler = new(model, one.Options.SamplerOptions);
            Dictionary<string, string> prompts = asked.ToDictionary(instruction => instruction.Id, sampler.PromptOf);
            PreferenceSet built = PreferenceStage.Run(
                file, parsed.GetValue(passing) ?? (parsed.GetValue(to) is null ? one.Files?.Passing : null) ?? Path.ChangeExtension(file, ".passing.jsonl"), sampled, judged,
                id => prompts.TryGetValue(id, out string? prompt) ? prompt : throw new InputException($"'{id}' is no id of the instructions: give the instructions that the candidates were sampled for"),
                one.Options, one.Options.Training!, one.Round);
            PreferenceFigures figures = built.Figures;
            Output.Say(one.Json, Output.With(file, figures), console => console.WriteLine(
                $"{figures.Pairs:N0} pairs, {figures.LabelledTrue:N0} labelled true and {figures.LabelledFalse:N0} false, from {figures.Candidates:N0} candidates of which {100 * figures.PassRate:F1}% pass; {file}"));
            return 0;
        });
        return command;
    }
}
