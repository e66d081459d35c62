using Plum.Evaluation.Benchmarks;
using Plum.Evaluation.Judging;
using Plum.Text;

namespace Plum.Evaluation;

/// <summary>Judges the samples of a benchmark into <c>results.jsonl</c>, line by line; goes on behind what is there.</summary>
public static class BenchmarkRun
{
    /// <summary>Judges.</summary>
    /// <param name="file">The results; whole lines of an earlier start stay.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="samples">The samples, in the order of the results.</param>
    /// <param name="judge">Judges them.</param>
    /// <param name="progress">Told how many are done.</param>
    /// <param name="cancellation">Stops; lines written stay.</param>
    /// <returns>All results, those of earlier starts included.</returns>
    public static async Task<IReadOnlyList<SampleResult>> JudgeAsync(
        string file, IReadOnlyList<PublicTask> tasks, IAsyncEnumerable<Sample> samples, SampleJudge judge, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(judge);
        Dictionary<string, PublicTask> byId = tasks.ToDictionary(task => task.Id);
        using (JsonLinesWriter<SampleResult> writer = new(file))
        {
            IAsyncEnumerable<SampleResult> judged = samples.Skip(writer.Lines).SelectParallel(
                2 * judge.Parallelism,
                async (sample, stop) => SampleResult.Of(sample, await judge.JudgeAsync(byId[sample.TaskId], sample.Program, stop).ConfigureAwait(false)),
                cancellation);
            await foreach (SampleResult result in judged.ConfigureAwait(false))
            {
                writer.Append(result);
                progress?.Invoke(writer.Lines);
            }
        }

        return await JsonLines.ReadAllAsync<SampleResult>(file, cancellation).ConfigureAwait(false);
    }
}
