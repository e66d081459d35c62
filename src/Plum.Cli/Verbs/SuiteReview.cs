using Plum.Candidates;
using Plum.Cli.Runs;
using Plum.Evaluation;
using Plum.Models;
using Plum.Rounds;
using Plum.Sandboxes;
using Plum.Suites;
using Plum.Text;
using Plum.Verdicts;

namespace Plum.Cli.Verbs;

/// <summary>What <c>plum suites</c> says about the suites beyond counting them: mutants, coverage, and hidden tests where some are named.</summary>
internal static class SuiteReview
{
    /// <summary>Adds what is measured to the figures.</summary>
    /// <param name="figures">The figures that were counted.</param>
    /// <param name="file">The suites.</param>
    /// <param name="asked">Their instructions.</param>
    /// <param name="count">How many kept suites are measured; 0 for none.</param>
    /// <param name="truth">JSON Lines of instructions with hidden tests; null for the recipe's, which need not be about these instructions.</param>
    /// <param name="stage">The recipe, whose policy's programs are what suites have to judge.</param>
    /// <param name="engine">Opens the policy.</param>
    /// <param name="sandbox">Where programs run.</param>
    /// <param name="cancellation">Stops.</param>
    public static async Task<SuiteFigures> OfAsync(
        SuiteFigures figures, string file, IReadOnlyList<Instruction> asked, int count, string? truth,
        Stage stage, Engine engine, PythonSandbox sandbox, CancellationToken cancellation)
    {
        if (count == 0) return figures;
        IReadOnlyList<TestSuite> drawn = await DrawAsync(file, stage.Options.Seed, count, _ => true, cancellation).ConfigureAwait(false);
        if (drawn.Count > 0)
        {
            SuiteQuality quality = await new SuiteAudit(sandbox).MeasureAsync(drawn, stage.Options.Seed, cancellation).ConfigureAwait(false);
            figures = figures with { Audited = quality.Suites, MutationScore = quality.MutationScore, LineCoverage = quality.LineCoverage, BranchCoverage = quality.BranchCoverage };
        }

        if ((truth ?? stage.Options.Truth) is not { } named || drawn.Count == 0) return figures;
        Dictionary<string, string> texts = asked.ToDictionary(instruction => instruction.Id, instruction => instruction.Text);
        Dictionary<string, BenchmarkTask> hidden = (await JsonLines.ReadAllAsync<BenchmarkTask>(named, task => task.Id, cancellation).ConfigureAwait(false))
            .Where(task => texts.GetValueOrDefault(task.Id) == task.Text).ToDictionary(task => task.Id);
        drawn = await DrawAsync(file, stage.Options.Seed, count, suite => hidden.ContainsKey(suite.InstructionId), cancellation).ConfigureAwait(false);
        if (drawn.Count == 0)
            return truth is null ? figures : throw new InputException($"{truth}: none of its tasks is an instruction with a kept suite: give hidden tests of the same instructions");
        HashSet<string> judged = [.. drawn.Select(suite => suite.InstructionId)];
        List<Candidate> candidates = await SampleAsync([.. asked.Where(instruction => judged.Contains(instruction.Id))], stage, engine, cancellation).ConfigureAwait(false);
        SuiteTruth found = await SuiteTruth.MeasureAsync(
            new SuiteVerifier(sandbox, null, RunOptions.VerifierOptions), drawn, hidden, candidates.ToLookup(candidate => candidate.TaskId), cancellation).ConfigureAwait(false);
        return figures with
        {
            FalsePassRate = found.FalsePassRate,
            FalseFailRate = found.FalseFailRate,
            FalsePassSuites = (double)found.SuitesThatPassWrong / found.Suites,
            FalseFailSuites = (double)found.SuitesThatFailRight / found.Suites,
        };
    }

    /// <summary>What was measured, for people: the words that go behind the counts.</summary>
    /// <param name="figures">The figures.</param>
    public static string InWords(SuiteFigures figures) =>
        (figures.PaperConsistency is { } paper ? $", {100 * paper:F1}% of whole answers consistent with themselves" : "")
        + (figures.MutationScore is { } score ? $", of {figures.Audited:N0}: mutation score {100 * score:F1}%, lines {100 * figures.LineCoverage:F1}%, branches {100 * figures.BranchCoverage:F1}%" : "")
        + (figures.FalsePassRate is { } passes ? $", false passes {100 * passes:F2}%, false fails {100 * figures.FalseFailRate:F2}%" : "");

    /// <summary>What is to be told of the teachers, a line each: what failed, and how far they agree.</summary>
    /// <param name="figures">The figures.</param>
    public static IEnumerable<string> TeachersInWords(SuiteFigures figures)
    {
        if (figures.TeacherRetries is { Count: > 0 } retries) yield return $"teachers: calls made again: {Counts(retries)}";
        if (figures.TeacherFailures is { Count: > 0 } failures) yield return $"teachers: prompts without an answer: {Counts(failures)}";
        foreach (TeacherAgreement pair in figures.TeacherAgreement ?? [])
            yield return $"teachers: {pair.First} and {pair.Second} agree on {100 * pair.Share:F1}% of {pair.Inputs:N0} inputs";

        static string Counts(IReadOnlyDictionary<string, long> counts) => string.Join(", ", counts.Select(one => $"{one.Key} {one.Value:N0}"));
    }

    // As drawn from all at once; a file may hold more suites than memory should.
    private static async Task<IReadOnlyList<TestSuite>> DrawAsync(string file, ulong seed, int count, Predicate<TestSuite> of, CancellationToken cancellation)
    {
        List<TestSuite> some = [];
        await foreach (TestSuite suite in JsonLines.ReadAsync<TestSuite>(file, cancellation).ConfigureAwait(false))
        {
            if (of(suite)) some.Add(suite);
            if (some.Count >= 4L * count) some = [.. SuiteAudit.Draw(some, seed, count)];
        }

        return SuiteAudit.Draw(some, seed, count);
    }

    private static async Task<List<Candidate>> SampleAsync(Instruction[] instructions, Stage stage, Engine engine, CancellationToken cancellation)
    {
        ILanguageModel policy = engine.Open(stage.Options.Policy);
        using var _ = policy as IDisposable;
        return await new Sampler(policy, stage.Options.SamplerOptions).SampleAsync(instructions, new(stage.Options.Seed, 0, "audit"), 0, 0, cancellation).ToListAsync(cancellation).ConfigureAwait(false);
    }
}
