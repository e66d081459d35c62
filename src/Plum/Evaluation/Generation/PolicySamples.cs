using System.Runtime.CompilerServices;
using Plum.Evaluation.Benchmarks;
using Plum.Models;
using Plum.Text;

namespace Plum.Evaluation.Generation;

/// <summary>A line of <c>samples.jsonl</c>, which EvalPlus reads: what a policy answered and the program in it.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Solution">The whole program.</param>
/// <param name="Raw">The answer word for word.</param>
public sealed record PolicySample(string TaskId, string Solution, string Raw);

/// <summary>How samples are drawn.</summary>
/// <param name="Samples">n, samples of a task.</param>
/// <param name="Temperature">0 is greedy; above it the likeliest 95% of the mass are drawn from, as in EvalPlus.</param>
/// <param name="MaxTokens">The most tokens of a completion.</param>
/// <param name="Chat">Whether the model is asked by its chat template.</param>
/// <param name="Seed">Keys the draws.</param>
/// <param name="Begun">Whether a chat model's answer is begun for it, as EvalPlus does where it has the template; endpoints cannot.</param>
public sealed record GenerationOptions(int Samples = 1, double Temperature = 0, int MaxTokens = 768, bool Chat = true, ulong Seed = 0, bool Begun = true);

/// <summary>Has a policy write programs for a benchmark's tasks, as the benchmark's own harness would ask for them.</summary>
/// <param name="model">The policy.</param>
/// <param name="sanitizer">EvalPlus's sanitising.</param>
/// <param name="options">How.</param>
public sealed class PolicySamples(ILanguageModel model, EvalPlusSanitizer sanitizer, GenerationOptions options)
{
    private const int ChunkTasks = 16;

    /// <summary>Writes samples behind those that are there; tasks are sampled in whole chunks, so that a restart changes nothing.</summary>
    /// <param name="file">The samples.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="progress">Told how many samples are there.</param>
    /// <param name="cancellation">Stops; chunks in flight are lost.</param>
    public async Task WriteAsync(string file, IReadOnlyList<PublicTask> tasks, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        int whole = JsonLines.Truncate(file) / (ChunkTasks * options.Samples) * ChunkTasks * options.Samples;
        if (JsonLines.Truncate(file) == tasks.Count * options.Samples) whole = tasks.Count * options.Samples;
        using JsonLinesWriter<PolicySample> writer = new(file, whole);
        await foreach (PolicySample[] chunk in ChunksAsync(tasks, whole / options.Samples, cancellation).ConfigureAwait(false))
        {
            writer.Append(chunk);
            progress?.Invoke(writer.Lines);
        }
    }

    private async IAsyncEnumerable<PolicySample[]> ChunksAsync(IReadOnlyList<PublicTask> tasks, int done, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (PolicySample[] chunk in tasks.Skip(done).Chunk(ChunkTasks).SelectParallel(Math.Max(1, model.Parallelism), SampleAsync, cancellation).ConfigureAwait(false))
            yield return chunk;
    }

    private async Task<PolicySample[]> SampleAsync(PublicTask[] chunk, CancellationToken cancellation)
    {
        SampleRequest[] requests = [.. chunk.Select(task => new SampleRequest(
            Prompts.Of(task, model, options.Chat, options.Begun),
            new DrawKey(options.Seed, 0, "benchmark", task.Id),
            options.Samples,
            new SamplingOptions(options.Temperature, options.MaxTokens, TopP: options.Temperature > 0 ? 0.95 : 1, Stop: Prompts.StopOf(task, options.Chat, options.Begun))))];
        IReadOnlyList<IReadOnlyList<Completion>> answers = await model.SampleAsync(requests, cancellation).ConfigureAwait(false);
        List<PolicySample> samples = [];
        for (int at = 0; at < chunk.Length; at++)
            foreach (Completion answer in answers[at].Select(one => Answered(chunk[at], one)))
                samples.Add(new(chunk[at].Id, await ProgramOfAsync(chunk[at], answer.Text, cancellation).ConfigureAwait(false), answer.Text));
        return [.. samples];
    }

    private static Completion Answered(PublicTask task, Completion answer) => answer.Failure is { } failure
        ? throw new ModelStoppedException($"{task.Id}: there is no answer: {failure.Message}; started again, the evaluation goes on where it was")
        : answer;

    private async Task<string> ProgramOfAsync(PublicTask task, string answer, CancellationToken cancellation) => task.Style.Kind switch
    {
        // EvalPlus writes spaces for tabs before it sanitises.
        PromptKind.EvalPlus => await sanitizer.SanitizeAsync(
            (options.Chat ? "" : task.Prompt.Trim() + "\n") + answer.Replace("\t", "    ", StringComparison.Ordinal), task.EntryPoint ?? "", cancellation).ConfigureAwait(false),
        PromptKind.Continuation when options.Chat && !options.Begun => LastFence(answer),
        PromptKind.Continuation => task.Prompt + answer,
        PromptKind.LiveCodeBench => LastFence(answer),
        _ => ProgramExtractor.Extract(answer, task.EntryPoint is null ? null : "Solution"),
    };

    /// <summary>LiveCodeBench's extraction: what stands between the last two lines with backticks; nothing where there are not two.</summary>
    private static string LastFence(string answer)
    {
        string[] lines = answer.Split('\n');
        int[] fences = [.. Enumerable.Range(0, lines.Length).Where(at => lines[at].Contains("```", StringComparison.Ordinal))];
        return fences.Length < 2 ? "" : string.Join('\n', lines[(fences[^2] + 1)..fences[^1]]);
    }
}
