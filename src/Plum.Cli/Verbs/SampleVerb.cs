using System.CommandLine;
using Plum.Candidates;
using Plum.Cli.Runs;
using Plum.Cli.Watching;
using Plum.Models;
using Plum.Rounds;
using Plum.Text;
using Spectre.Console;

namespace Plum.Cli.Verbs;

/// <summary><c>plum sample</c>: stage 2a alone, instructions to candidates.</summary>
internal static class SampleVerb
{
    public static Command Create()
    {
        StageFlags stage = new(rounds: true);
        Option<string?> instructions = new("--instructions") { Description = "JSON Lines of instructions.", HelpName = "FILE" };
        Option<string?> suites = new("--suites") { Description = "Sample only the instructions that have a suite here.", HelpName = "FILE" };
        Option<string?> policy = new("--policy") { Description = "The checkpoint folder to sample from.", HelpName = "DIR" };
        Option<string?> adapter = Flags.Adapter();
        Option<string?> to = new("--out") { Description = "The file of candidates to write; what it holds is gone on with.", HelpName = "FILE" };
        Command command = new("sample", "Stage 2a: K completions of the policy for each instruction, and the programs in them.") { instructions, suites, policy, adapter, to };
        stage.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            Stage one = stage.Read(parsed);
            string from = Stage.Choose(parsed.GetValue(instructions), "--instructions FILE", one.Run?.Instructions);
            string folder = Stage.Choose(parsed.GetValue(policy), "--policy DIR", one.Policy);
            string file = Stage.Choose(parsed.GetValue(to), "--out FILE", one.Files?.Candidates);
            Preflight.Model("policy", folder);
            IReadOnlyList<Instruction> asked = await JsonLines.ReadAllAsync<Instruction>(from, instruction => instruction.Id, cancellation).ConfigureAwait(false);
            if (one.Run is not null) asked = InstructionStage.Share(asked, one.Options, one.Round);
            if ((parsed.GetValue(suites) ?? one.Run?.Suites) is { } tests)
                asked = InstructionStage.Judgeable(asked, await SuiteStage.ReadAsync(tests, cancellation).ConfigureAwait(false));
            ILanguageModel model = one.Engine().Open(folder, parsed.GetValue(adapter));
            using var _ = model as IDisposable;
            IReadOnlyList<Candidate> candidates = await Watch.RunAsync(
                progress => SampleStage.RunAsync(file, new Sampler(model, one.Options.SamplerOptions), asked, one.Options, one.Round, progress, cancellation),
                $"stopped; the same command goes on from {file}", cancellation).ConfigureAwait(false);
            int programs = candidates.Count(candidate => candidate.Program.Length > 0);
            Output.Say(one.Json, new { @out = file, instructions = asked.Count, candidates = candidates.Count, with_program = programs }, console =>
                console.WriteLine($"{candidates.Count:N0} candidates of {asked.Count:N0} instructions, {programs:N0} with a program; {file}"));
            return 0;
        });
        return command;
    }
}
