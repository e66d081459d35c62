using Plum.Candidates;
using Plum.Evaluation;
using Plum.Models;
using Plum.Preferences;
using Plum.Sandboxes;
using Plum.Verdicts;

namespace Plum.Rounds;

/// <summary>
/// PLUM (arXiv 2406.06887, Algorithm 1): tests from a teacher, candidates from the policy, verdicts from execution,
/// preferences from verdicts, the next policy from preferences; and again from the policy just trained.
/// Every stage first looks at what is on disk and goes on from there, so a run that was killed ends as one that was not.
/// </summary>
/// <param name="options">The resolved recipe, with files and folders of this machine.</param>
/// <param name="open">Opens a checkpoint folder as a language model.</param>
/// <param name="trainer">Makes the next version of the policy.</param>
/// <param name="sandbox">Where programs run.</param>
/// <param name="progress">Told how far each stage has come.</param>
/// <param name="time">The clock for the figures of seconds.</param>
public sealed class RoundLoop(
    RunOptions options, Func<string, ILanguageModel> open, IPreferenceTrainer trainer, ISandbox sandbox,
    IProgress<StageProgress> progress, TimeProvider time)
{
    private readonly TrainingOptions training = options.Training ?? new();
    private readonly Verifier verifier = new(sandbox, RunOptions.VerifierOptions);
    private readonly PolicyProbe probe = new(options, open, new(sandbox, RunOptions.VerifierOptions));

    /// <summary>Runs, or goes on with, all rounds.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="controls">Whether to run the two control arms too.</param>
    /// <param name="cancellation">Stops the run; it can be gone on with.</param>
    public async Task<RunReport> RunAsync(RunDirectory run, bool controls, CancellationToken cancellation)
    {
        Benchmark heldOut = await Benchmark.ReadAsync(options.HeldOut, cancellation).ConfigureAwait(false);
        IReadOnlyList<Instruction> instructions = await InstructionStage.RunAsync(run.Instructions, options, cancellation).ConfigureAwait(false);
        Dictionary<string, double> seconds = RunDirectory.Read<Dictionary<string, double>>(run.Seconds) ?? [];
        Stopwatch watch = new(time, run.Seconds, seconds);

        Dictionary<string, TestSuite> suites = await watch.TimeAsync("suites", async () =>
        {
            await SuiteStage.RunAsync(run.Suites, instructions, options, open, sandbox, progress, time, cancellation).ConfigureAwait(false);
            return await SuiteStage.ReadAsync(run.Suites, cancellation).ConfigureAwait(false);
        }).ConfigureAwait(false);
        EvaluationReport before = await watch.TimeAsync("evaluation", () => EvaluateAsync(run.Before, options.Policy, heldOut, 0, cancellation)).ConfigureAwait(false);
        Arm arm = new(run, training, instructions, suites, heldOut);
        List<RoundFigures> rounds = [];
        for (int round = 1; round <= options.Rounds; round++)
            rounds.Add(await RoundAsync(arm, round, tokenBudget: 0, cancellation).ConfigureAwait(false));

        EvaluationReport after = RunDirectory.Read<EvaluationReport>(run.Round(options.Rounds).Evaluation)!;
        PairedTest paired = before.CompareWith(after, new DrawKey(options.Seed, 0, "gain"));
        RunReport report = new(
            options.Seed, training.Method, sandbox.Level, await SuiteStage.FiguresAsync(run.Suites, options, cancellation).ConfigureAwait(false), rounds,
            PassFigures.Of(before), PassFigures.Of(after), paired.Gain, paired.Low, paired.High, paired.PValue,
            seconds.Values.Sum() + rounds.Sum(r => r.Seconds.Values.Sum()),
            RunDirectory.Read<RunReport>(run.Report)?.Controls);
        RunDirectory.Write(run.Report, report);
        if (!controls)
            return report;

        ControlArms arms = new(this, options, trainer, progress, time);
        report = report with { Controls = await arms.RunAsync(run, arm, rounds, before, after, cancellation).ConfigureAwait(false) };
        RunDirectory.Write(run.Report, report);
        return report;
    }

    /// <summary>One round: sample, execute, prefer, train, evaluate, complete.</summary>
    internal async Task<RoundFigures> RoundAsync(Arm arm, int round, long tokenBudget, CancellationToken cancellation)
    {
        RoundDirectory files = arm.Run.Round(round);
        if (RunDirectory.Read<RoundFigures>(files.Complete) is { } complete)
            return complete;
        Directory.CreateDirectory(files.Path);
        Dictionary<string, double> seconds = RunDirectory.Read<Dictionary<string, double>>(files.Seconds) ?? [];
        Stopwatch watch = new(time, files.Seconds, seconds);
        string policy = round == 1 ? options.Policy : arm.Run.Round(round - 1).Policy;
        IReadOnlyList<Instruction> asked = InstructionStage.Share(arm.Instructions, options, round);
        Instruction[] judgeable = InstructionStage.Judgeable(asked, arm.Suites);

        IReadOnlyList<Candidate> candidates;
        Dictionary<string, string> prompts;
        ILanguageModel model = open(policy);
        using (model as IDisposable)
        {
            Sampler sampler = new(model, options.SamplerOptions);
            prompts = judgeable.ToDictionary(i => i.Id, sampler.PromptOf);
            candidates = await watch.TimeAsync("sample", () =>
                SampleStage.RunAsync(files.Candidates, sampler, judgeable, options, round, progress, cancellation)).ConfigureAwait(false);
        }

        IReadOnlyList<Verdict> verdicts = await watch.TimeAsync("verify", () =>
            VerifyStage.RunAsync(files.Verdicts, candidates, arm.Suites, verifier, round, progress, cancellation)).ConfigureAwait(false);
        PreferenceSet preferences = await watch.TimeAsync("prefer", () => Task.FromResult(
            PreferenceStage.Run(files.Preferences, files.Passing, candidates, verdicts, id => prompts[id], options, arm.Training, round))).ConfigureAwait(false);
        TrainingFigures trained = await watch.TimeAsync("train", () =>
            TrainStage.RunAsync(arm.Run, policy, options, arm.Training, round, tokenBudget, trainer,
                arm.Training.ProbeInstructions == 0 ? null : trained => probe.RunAsync(trained, judgeable, arm.Suites, candidates, verdicts, round, cancellation),
                progress, cancellation)).ConfigureAwait(false);
        EvaluationReport evaluation = await watch.TimeAsync("evaluation", () => EvaluateAsync(files.Evaluation, files.Policy, arm.HeldOut, round, cancellation)).ConfigureAwait(false);

        RoundFigures figures = new(
            round, asked.Count, judgeable.Length, candidates.Count, preferences.Figures.DistinctPrograms, preferences.Figures.PassRate,
            verdicts.Count(v => v.Undecided), preferences.Pairs.Count, preferences.Labels.Count, trained.TrainLoss, trained.Tokens, trained.Stopped,
            PassFigures.Of(evaluation), preferences.Figures, seconds);
        RunDirectory.Write(files.Complete, figures);
        return figures;
    }

    /// <summary>Greedy pass rate of a policy on held-out tasks.</summary>
    internal Task<EvaluationReport> EvaluateAsync(string file, string policy, Benchmark heldOut, int version, CancellationToken cancellation) =>
        EvaluateStage.RunAsync(file, heldOut, options.EvaluatorOptions, options.Seed, version, () => open(policy), verifier, progress, cancellation);

    /// <summary>What the rounds of one arm have in common.</summary>
    internal sealed record Arm(
        RunDirectory Run, TrainingOptions Training, IReadOnlyList<Instruction> Instructions, IReadOnlyDictionary<string, TestSuite> Suites, Benchmark HeldOut);
}
