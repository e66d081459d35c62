using System.CommandLine;
using Plum.Cli.Reports;
using Plum.Cli.Runs;
using Plum.Cli.Watching;
using Plum.Rounds;
using Plum.Sandboxes;
using Plum.Text;
using Plum.Torch.Training;
using Plum.Verdicts;
using Spectre.Console;

namespace Plum.Cli.Verbs;

/// <summary><c>plum train</c>: stage 3 alone, preferences to the policy's next version.</summary>
internal static class TrainVerb
{
    public static Command Create()
    {
        StageFlags stage = new(rounds: true);
        Option<string?> preferences = new("--preferences") { Description = "Pairs or labels, as training.method wants them: Plum's or in TRL's formats, JSON Lines or Parquet.", HelpName = "FILE" };
        Option<string?> passing = new("--passing") { Description = "JSON Lines of passing completions (rft, and training.alpha above 0).", HelpName = "FILE" };
        Option<string?> policy = new("--policy") { Description = "The checkpoint folder to start from.", HelpName = "DIR" };
        Option<string?> reference = new("--reference") { Description = "The frozen reference; the policy itself where left out.", HelpName = "DIR" };
        Option<string?> to = new("--out") { Description = "The checkpoint folder to write. Figures by step go to DIR.metrics.jsonl.", HelpName = "DIR" };
        Option<bool> dry = new("--dry-run") { Description = "Print the settings, the batches and the memory that training would take, and train nothing." };
        Command command = new("train", "Stage 3: preference training against a frozen reference. --set training.lora.rank=16 trains low-rank updates alone.") { preferences, passing, policy, reference, to, dry };
        stage.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            Stage one = stage.Read(parsed);
            TrainingOptions training = one.Options.Training!;
            string start = Stage.Choose(parsed.GetValue(policy), "--policy DIR", one.Policy);
            string output = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Stage.Choose(parsed.GetValue(to), "--out DIR", one.Files?.Policy)));
            Preflight.Model("policy", start);
            CheckpointTrainer.Check(training);
            Engine engine = one.Engine();
            CheckpointTrainer trainer = engine.Trainer;
            bool own = one.Run is not null;
            if (own && (parsed.GetValue(policy) ?? parsed.GetValue(preferences) ?? parsed.GetValue(passing) ?? parsed.GetValue(reference) ?? parsed.GetValue(to)) is not null)
                throw new InputException("train: a run's own files are used where a run is named: leave the run out to name files");
            bool pairs = training.LearnsFromPairs;
            string data = own ? one.Files!.Preferences : Stage.Choose(parsed.GetValue(preferences) ?? (training.Method == "rft" ? parsed.GetValue(passing) : null), "--preferences FILE", null);
            TrainingTask task = new(
                start, parsed.GetValue(reference) ?? start, output, output + ".metrics.jsonl",
                !own && pairs ? await PreferenceFile.ReadPairsAsync(data, PolicyWords.Load(start), cancellation).ConfigureAwait(false) : [],
                !own && !pairs && training.Method != "rft" ? await PreferenceFile.ReadLabelsAsync(data, PolicyWords.Load(start), cancellation).ConfigureAwait(false) : [],
                !own && parsed.GetValue(passing) is { } also ? await JsonLines.ReadAllAsync<PassingCompletion>(also, cancellation).ConfigureAwait(false) : [],
                one.Options.Sft is { } sft && File.Exists(sft) ? sft : null, training, new DrawKey(one.Options.Seed, one.Round, "train"));
            if (parsed.GetValue(dry))
            {
                TrainingTask planned = own ? await TrainStage.TaskAsync(one.Run!, start, one.Options, training, one.Round, tokenBudget: 0, cancellation).ConfigureAwait(false) : task;
                TrainingPlan plan = await trainer.PlanAsync(planned, cancellation).ConfigureAwait(false);
                Output.Say(one.Json, plan, console => PlanTable.Print(console, plan));
                return 0;
            }

            await using PythonSandbox? sandbox = own && training.ProbeInstructions > 0 ? one.OpenSandbox() : null;
            TrainingFigures figures = await Watch.RunAsync(
                progress => own
                    ? TrainStage.RunAsync(one.Run!, start, one.Options, training, one.Round, tokenBudget: 0, trainer, sandbox is null ? null : Probe, progress, cancellation)
                    : trainer.TrainAsync(task, progress, cancellation),
                $"stopped; no checkpoint was written. Training {(training.SaveEvery > 0 ? "goes on from its last saved state" : "begins anew")} when it is started again", cancellation).ConfigureAwait(false);
            Output.Say(one.Json, Output.With(output, figures), console => console.WriteLine(
                $"{figures.Steps:N0} steps, {figures.Tokens:N0} tokens, loss {figures.TrainLoss:F3}{(figures.Stopped is { } why ? $", stopped early: {why}" : "")}; {output}"));
            return 0;

            async Task<ProbeFigures> Probe(string trained)
            {
                Dictionary<string, TestSuite> suites = await SuiteStage.ReadAsync(one.Run!.Suites, cancellation).ConfigureAwait(false);
                IReadOnlyList<Instruction> asked = InstructionStage.Share(
                    await JsonLines.ReadAllAsync<Instruction>(one.Run.Instructions, cancellation).ConfigureAwait(false), one.Options, one.Round);
                return await new PolicyProbe(one.Options, engine.Open, new Verifier(sandbox!, RunOptions.VerifierOptions)).RunAsync(
                    trained, InstructionStage.Judgeable(asked, suites), suites,
                    await JsonLines.ReadAllAsync<Candidate>(one.Files!.Candidates, cancellation).ConfigureAwait(false),
                    await JsonLines.ReadAllAsync<Verdict>(one.Files.Verdicts, cancellation).ConfigureAwait(false), one.Round, cancellation).ConfigureAwait(false);
            }
        });
        return command;
    }
}
