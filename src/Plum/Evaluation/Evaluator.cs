using Plum.Candidates;
using Plum.Models;
using Plum.Text;
using Plum.Verdicts;

namespace Plum.Evaluation;

/// <summary>
/// Judges a policy on held-out tasks: pass@1 of its greedy samples and, where asked, pass@k from further ones. It samples and
/// judges with the stages that training uses, so that nothing but the tasks differs.
/// </summary>
/// <param name="model">The policy.</param>
/// <param name="verifier">Judges its programs.</param>
/// <param name="options">How; null for the defaults.</param>
/// <exception cref="InputException">An option is out of its range.</exception>
public sealed class Evaluator(ILanguageModel model, Verifier verifier, EvaluatorOptions? options = null)
{
    private readonly EvaluatorOptions options = (options ?? new()).Checked();

    /// <summary>Evaluates.</summary>
    /// <param name="benchmark">The tasks.</param>
    /// <param name="seed">Keys the draws of the further samples and of the bootstrap.</param>
    /// <param name="policyVersion">The policy's version, for the report; the draws do not depend on it, so that versions meet equal ones.</param>
    /// <param name="cancellation">Stops the work.</param>
    public async Task<EvaluationReport> EvaluateAsync(Benchmark benchmark, ulong seed, int policyVersion, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        Judged[] greedy = await JudgeAsync(benchmark, new(Temperature: 0, MaxTokens: options.MaxTokens), 1, seed, policyVersion, cancellation).ConfigureAwait(false);
        Judged[] sampled = options.Samples == 0 ? [] : await JudgeAsync(
            benchmark, (options.Sampling ?? new()) with { MaxTokens = options.MaxTokens }, options.Samples, seed, policyVersion, cancellation).ConfigureAwait(false);

        TaskResult[] tasks = [.. benchmark.Tasks.Select((task, at) => Result(task, greedy[at], sampled.ElementAtOrDefault(at)))];
        int passed = tasks.Count(task => task.Passed);
        Interval interval = Interval.Wilson(passed, tasks.Length);
        return new(
            benchmark.Name,
            policyVersion,
            tasks.Length,
            tasks.Length > 0 ? (double)passed / tasks.Length : 0,
            interval.Low,
            interval.High,
            tasks,
            Sorted(tasks.Select(task => task.Failure).OfType<string>().CountBy(kind => kind)),
            Sorted(benchmark.Tasks.Zip(tasks).GroupBy(one => one.First.Family ?? "").Select(family =>
                KeyValuePair.Create(family.Key, new FamilyFigures(family.Count(), family.Count(one => one.Second.Passed))))),
            options.Samples == 0 ? null : [.. (options.K ?? [1, options.Samples]).Distinct().Select(k => Figure(tasks, k, seed))]);
    }

    private async Task<Judged[]> JudgeAsync(
        Benchmark benchmark, SamplingOptions sampling, int samples, ulong seed, int policyVersion, CancellationToken cancellation)
    {
        Instruction[] instructions = [.. benchmark.Tasks.Select(task => task.Instruction)];
        TestSuite[] suites = [.. benchmark.Tasks.Select(task => task.Suite)];
        Sampler sampler = new(model, new(samples, options.ChunkInstructions, sampling, options.Prompt));
        DrawKey key = new(seed, 0, samples == 1 && sampling.Temperature == 0 ? "greedy" : "evaluation");
        return await sampler.SampleAsync(instructions, key, policyVersion, 0, cancellation)
            .Chunk(samples)
            .Select((candidates, at) => (Candidates: candidates, Suite: suites[at]))
            .SelectParallel(
                verifier.Parallelism,
                async (one, stop) => new Judged(one.Candidates, await verifier.VerifyAsync(one.Suite, one.Candidates, stop).ConfigureAwait(false)),
                cancellation)
            .ToArrayAsync(cancellation).ConfigureAwait(false);
    }

    private static TaskResult Result(BenchmarkTask task, Judged greedy, Judged? sampled)
    {
        Verdict verdict = greedy.Verdicts[0];
        Verdict[] decided = [.. (sampled?.Verdicts ?? []).Where(one => !one.Undecided)];
        return new(
            task.Id,
            verdict.Passed,
            FailureKind.Of(greedy.Candidates[0], verdict),
            greedy.Candidates[0].Program,
            verdict.FirstFailure,
            decided.Length,
            decided.Count(one => one.Passed));
    }

    // Undecided samples are not counted; a task that has fewer than k left says nothing about k.
    private static PassAtKFigure Figure(TaskResult[] tasks, int k, ulong seed)
    {
        double[] values = [.. tasks.Where(task => task.Samples >= k).Select(task => PassAtK.Estimate(task.Samples, task.SamplesPassed, k))];
        Interval interval = Interval.Bootstrap(values, new(seed, 0, "pass_at_k", $"{k}"));
        return new(k, values.DefaultIfEmpty().Average(), interval.Low, interval.High);
    }

    private static SortedDictionary<string, T> Sorted<T>(IEnumerable<KeyValuePair<string, T>> items) => new(items.ToDictionary(), StringComparer.Ordinal);

    private sealed record Judged(IReadOnlyList<Candidate> Candidates, IReadOnlyList<Verdict> Verdicts);
}
