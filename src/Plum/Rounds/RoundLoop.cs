using Plum.Candidates;
using Plum.Evaluation;
using Plum.Models;
using Plum.Preferences;
using Plum.Sandboxes;
using Plum.Suites;
using Plum.Text;
using Plum.Verdicts;

namespace Plum.Rounds;

/// <summary>
/// PLUM (arXiv 2406.06887, Algorithm 1): tests from a teacher, candidates from the policy, verdicts from execution,
/// preferences from verdicts, the next policy from preferences; and again from the policy just trained.
/// Every stage first looks at what is on disk and goes on from there, so a run that was killed ends as one that was not.
/// </summary>
/// <param name="options">The resolved recipe.</param>
/// <param name="open">Opens a checkpoint folder as a language model.</param>
/// <param name="trainer">Makes the next version of the policy.</param>
/// <param name="sandbox">Where programs run.</param>
/// <param name="progress">Told how far each stage has come.</param>
/// <param name="time">The clock for the figures of seconds.</param>
public sealed class RoundLoop(
    RunOptions options, Func<string, ILanguageModel> open, IPreferenceTrainer trainer, ISandbox sandbox,
    IProgress<StageProgress> progress, TimeProvider time)
{
    private readonly SamplerOptions sampling = new(options.Samples, Sampling: options.Sampling);
    private readonly TrainingOptions training = options.Training ?? new();
    private readonly Verifier verifier = new(sandbox, new VerifierOptions(StopAtFirstFailure: true));

    /// <summary>Runs, or goes on with, all rounds.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="controls">Whether to run the two control arms too.</param>
    /// <param name="cancellation">Stops the run; it can be gone on with.</param>
    public async Task<RunReport> RunAsync(RunDirectory run, bool controls, CancellationToken cancellation)
    {
        Benchmark heldOut = await Benchmark.ReadAsync(options.HeldOut, cancellation).ConfigureAwait(false);
        IReadOnlyList<Instruction> instructions = await InstructionsAsync(run, cancellation).ConfigureAwait(false);
        Dictionary<string, double> seconds = RunDirectory.Read<Dictionary<string, double>>(run.Seconds) ?? [];
        Stopwatch watch = new(time, run.Seconds, seconds);

        IReadOnlyList<TestSuite> suites = await watch.TimeAsync("suites", () => SuitesAsync(run, instructions, cancellation)).ConfigureAwait(false);
        EvaluationReport before = await watch.TimeAsync("evaluation", () => EvaluateAsync(run.Before, options.Policy, heldOut, 0, cancellation)).ConfigureAwait(false);
        Arm arm = new(run, training, instructions, suites.ToDictionary(s => s.InstructionId), heldOut);
        List<RoundFigures> rounds = [];
        for (int round = 1; round <= options.Rounds; round++)
            rounds.Add(await RoundAsync(arm, round, tokenBudget: 0, cancellation).ConfigureAwait(false));

        EvaluationReport after = RunDirectory.Read<EvaluationReport>(run.Round(options.Rounds).Evaluation)!;
        PairedTest paired = before.CompareWith(after, new DrawKey(options.Seed, 0, "gain"));
        RunReport report = new(
            options.Seed, training.Method, sandbox.Level, SuiteFigures.Of([.. suites]), rounds,
            PassFigures.Of(before), PassFigures.Of(after), paired.Gain, paired.Low, paired.High, paired.PValue,
            seconds.Values.Sum() + rounds.Sum(r => r.Seconds.Values.Sum()));
        RunDirectory.Write(run.Report, report);
        if (!controls)
            return report;

        ControlArms arms = new(this, options, trainer);
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
        Instruction[] asked = Share(arm.Instructions, round);
        Instruction[] judgeable = [.. asked.Where(i => arm.Suites[i.Id].DropReason is null)];

        IReadOnlyList<Candidate> candidates;
        Func<string, string> promptOf;
        ILanguageModel model = open(policy);
        using (model as IDisposable)
        {
            Sampler sampler = new(model, sampling);
            Dictionary<string, string> prompts = judgeable.ToDictionary(i => i.Id, sampler.PromptOf);
            promptOf = id => prompts[id];
            candidates = await watch.TimeAsync("sample", () => SampleAsync(files, sampler, judgeable, round, cancellation)).ConfigureAwait(false);
        }

        IReadOnlyList<Verdict> verdicts = await watch.TimeAsync("verify", () => VerifyAsync(files, candidates, arm.Suites, round, cancellation)).ConfigureAwait(false);
        PreferenceSet preferences = await watch.TimeAsync("prefer", () =>
        {
            PreferenceSet built = new PreferenceBuilder(options.Preferences ?? new()).Build(candidates, verdicts, promptOf, options.Seed, round);
            if (arm.Training.LearnsFromPairs)
                JsonLines.WriteAll(files.Preferences, built.Pairs);
            else
                JsonLines.WriteAll(files.Preferences, built.Labels);
            JsonLines.WriteAll(files.Passing, built.Passing);
            return Task.FromResult(built);
        }).ConfigureAwait(false);
        TrainingFigures trained = await watch.TimeAsync("train", () => TrainAsync(arm, files, policy, preferences, round, tokenBudget, cancellation)).ConfigureAwait(false);
        EvaluationReport evaluation = await watch.TimeAsync("evaluation", () => EvaluateAsync(files.Evaluation, files.Policy, arm.HeldOut, round, cancellation)).ConfigureAwait(false);

        RoundFigures figures = new(
            round, asked.Length, judgeable.Length, candidates.Count, preferences.Figures.DistinctPrograms, preferences.Figures.PassRate,
            verdicts.Count(v => v.Undecided), preferences.Pairs.Count, preferences.Labels.Count, trained.TrainLoss, trained.Tokens, trained.Stopped,
            PassFigures.Of(evaluation), preferences.Figures, seconds);
        RunDirectory.Write(files.Complete, figures);
        return figures;
    }

    /// <summary>Greedy pass rate of a policy on held-out tasks.</summary>
    internal async Task<EvaluationReport> EvaluateAsync(string file, string policy, Benchmark heldOut, int version, CancellationToken cancellation)
    {
        if (RunDirectory.Read<EvaluationReport>(file) is { } done)
            return done;
        progress.Report(new StageProgress("evaluate", version, 0, heldOut.Tasks.Count, "tasks"));
        ILanguageModel model = open(policy);
        using (model as IDisposable)
        {
            EvaluatorOptions how = new(MaxTokens: (options.Sampling ?? new()).MaxTokens);
            EvaluationReport report = await new Evaluator(model, verifier, how).EvaluateAsync(heldOut, options.Seed, version, cancellation).ConfigureAwait(false);
            RunDirectory.Write(file, report);
            progress.Report(new StageProgress("evaluate", version, heldOut.Tasks.Count, heldOut.Tasks.Count, "tasks", $"pass@1 {100 * report.PassAt1:F1}%"));
            return report;
        }
    }

    private Instruction[] Share(IReadOnlyList<Instruction> instructions, int round) => options.InstructionsPerRound == 0
        ? [.. instructions]
        : [.. instructions.Skip((round - 1) * options.InstructionsPerRound).Take(options.InstructionsPerRound)];

    private async Task<IReadOnlyList<Instruction>> InstructionsAsync(RunDirectory run, CancellationToken cancellation)
    {
        if (!File.Exists(run.Instructions))
        {
            Instruction[] all = [.. await JsonLines.ReadAllAsync<Instruction>(options.Instructions, i => i.Id, cancellation).ConfigureAwait(false)];
            new DrawKey(options.Seed, 0, "instructions").Open().Shuffle<Instruction>(all);
            int needed = options.InstructionsPerRound == 0 ? all.Length : options.InstructionsPerRound * options.Rounds;
            if (needed > all.Length)
                throw new InputException($"{options.Instructions}: {options.Rounds} rounds of {options.InstructionsPerRound} instructions need {needed}, the file has {all.Length}; lower rounds or instructions_per_round.");
            JsonLines.WriteAll(run.Instructions, all.Take(needed));
        }

        return await JsonLines.ReadAllAsync<Instruction>(run.Instructions, cancellation).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<TestSuite>> SuitesAsync(RunDirectory run, IReadOnlyList<Instruction> instructions, CancellationToken cancellation)
    {
        using (JsonLinesWriter<TestSuite> file = new(run.Suites))
        {
            if (file.Lines < instructions.Count)
            {
                ILanguageModel teacher = open(options.Teacher == "self" ? options.Policy : options.Teacher);
                using var _ = teacher as IDisposable;
                SuiteOptions how = (options.Suites ?? new()) with { Prompts = options.TeacherPrompts == "seed" ? TeacherPrompts.Seed : TeacherPrompts.Default };
                await foreach (TestSuite suite in new SuiteBuilder(teacher, sandbox, how).BuildAsync(instructions, options.Seed, file.Lines, cancellation).ConfigureAwait(false))
                {
                    file.Append(suite);
                    progress.Report(new StageProgress("suites", 0, file.Lines, instructions.Count, "instructions"));
                }
            }
        }

        return await JsonLines.ReadAllAsync<TestSuite>(run.Suites, cancellation).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<Candidate>> SampleAsync(
        RoundDirectory files, Sampler sampler, Instruction[] instructions, int round, CancellationToken cancellation)
    {
        int whole = File.Exists(files.Candidates) ? sampler.WholeInstructions(JsonLines.Truncate(files.Candidates)) : 0;
        using (JsonLinesWriter<Candidate> file = new(files.Candidates, whole * options.Samples))
        {
            await foreach (Candidate[] ofInstruction in sampler
                .SampleAsync(instructions, new DrawKey(options.Seed, round, "candidates"), round - 1, whole, cancellation)
                .Chunk(options.Samples).ConfigureAwait(false))
            {
                file.Append(ofInstruction);
                progress.Report(new StageProgress("sample", round, file.Lines, instructions.Length * options.Samples, "candidates"));
            }
        }

        return await JsonLines.ReadAllAsync<Candidate>(files.Candidates, cancellation).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<Verdict>> VerifyAsync(
        RoundDirectory files, IReadOnlyList<Candidate> candidates, IReadOnlyDictionary<string, TestSuite> suites, int round, CancellationToken cancellation)
    {
        int whole = File.Exists(files.Verdicts) ? JsonLines.Truncate(files.Verdicts) / options.Samples : 0;
        using (JsonLinesWriter<Verdict> file = new(files.Verdicts, whole * options.Samples))
        {
            await foreach (IReadOnlyList<Verdict> ofInstruction in candidates.Chunk(options.Samples).Skip(whole)
                .SelectParallel(verifier.Parallelism, (samples, stop) => verifier.VerifyAsync(suites[samples[0].TaskId], samples, stop), cancellation)
                .ConfigureAwait(false))
            {
                file.Append(ofInstruction);
                progress.Report(new StageProgress("verify", round, file.Lines, candidates.Count, "candidates"));
            }
        }

        return await JsonLines.ReadAllAsync<Verdict>(files.Verdicts, cancellation).ConfigureAwait(false);
    }

    private async Task<TrainingFigures> TrainAsync(
        Arm arm, RoundDirectory files, string policy, PreferenceSet preferences, int round, long tokenBudget, CancellationToken cancellation)
    {
        if (RunDirectory.Read<TrainingFigures>(files.Training) is { } done)
            return done;
        List<PassingCompletion> passing = [.. preferences.Passing];
        for (int earlier = 1; arm.Training.KeepPassing && earlier < round; earlier++)
            passing.AddRange(await JsonLines.ReadAllAsync<PassingCompletion>(arm.Run.Round(earlier).Passing, cancellation).ConfigureAwait(false));
        TrainingFigures figures = await trainer.TrainAsync(
            new TrainingTask(
                policy, arm.Training.Reference == "initial" ? options.Policy : policy, files.Policy, files.Metrics,
                preferences.Pairs, preferences.Labels, passing, options.Sft, arm.Training, new DrawKey(options.Seed, round, "train"), tokenBudget),
            new RoundProgress(progress, round), cancellation).ConfigureAwait(false);
        RunDirectory.Write(files.Training, figures);
        return figures;
    }

    /// <summary>What the rounds of one arm have in common.</summary>
    internal sealed record Arm(
        RunDirectory Run, TrainingOptions Training, IReadOnlyList<Instruction> Instructions, IReadOnlyDictionary<string, TestSuite> Suites, Benchmark HeldOut);

    /// <summary>Puts the round's number on a stage's progress.</summary>
    private sealed class RoundProgress(IProgress<StageProgress> inner, int round) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => inner.Report(value with { Round = round });
    }
}
