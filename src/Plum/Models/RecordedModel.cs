namespace Plum.Models;

/// <summary>
/// A model whose answers are kept: one that is on record is replayed and never asked for again. An endpoint is asked sample by
/// sample and each answer kept as it comes; another model is asked in one batch whatever lacks an answer.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="name">What its answers are kept under; another name is another model.</param>
/// <param name="record">Where they are kept; several models may share it.</param>
/// <param name="prices">Money for a million tokens of prompts, and of answers.</param>
/// <param name="time">The clock for the seconds on record.</param>
public sealed class RecordedModel(ILanguageModel model, string name, ModelRecord record, (double Prompt, double Completion) prices, TimeProvider time) : ILanguageModel, IDisposable
{
    private readonly SemaphoreSlim slots = new(Math.Max(1, model.Parallelism));

    /// <inheritdoc/>
    public int Parallelism => model.Parallelism;

    /// <inheritdoc/>
    public string RenderPrompt(IReadOnlyList<ChatMessage> messages) => model.RenderPrompt(messages);

    /// <inheritdoc/>
    /// <exception cref="ModelStoppedException">The endpoint is gone or the budget spent; what was under way is on record.</exception>
    /// <exception cref="InputException">Nothing may be asked and an answer is lacking; the message names the request.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<Completion>>> SampleAsync(IReadOnlyList<SampleRequest> requests, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(requests);
        try
        {
            return model is ChatEndpoint endpoint
                ? await Task.WhenAll(requests.Select(request => OneByOneAsync(endpoint, request, cancellation))).ConfigureAwait(false)
                : await TogetherAsync(requests, cancellation).ConfigureAwait(false);
        }
        catch (ModelStoppedException)
        {
            // Whoever hears of the end gives up its other work; by then nothing may be under way that is paid for.
            await record.DrainedAsync(cancellation).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        (model as IDisposable)?.Dispose();
        slots.Dispose();
    }

    private async Task<IReadOnlyList<Completion>> OneByOneAsync(ChatEndpoint endpoint, SampleRequest request, CancellationToken cancellation) =>
        await Task.WhenAll(Enumerable.Range(0, request.Count).Select(sample => AskAsync(endpoint, request, sample, cancellation))).ConfigureAwait(false);

    private async Task<Completion> AskAsync(ChatEndpoint endpoint, SampleRequest request, int sample, CancellationToken cancellation)
    {
        string hash = RecordedAnswer.HashOf(name, request, sample);
        if (record.Find(hash) is { } known) return known;
        await slots.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            record.Begin(name, request, sample);
            try
            {
                long start = time.GetTimestamp();
                return Keep(hash, request, sample, await endpoint.AskAsync(request, sample, cancellation).ConfigureAwait(false), start);
            }
            catch (ModelStoppedException reason)
            {
                record.Stop(reason);
                throw;
            }
            finally
            {
                record.End();
            }
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<IReadOnlyList<IReadOnlyList<Completion>>> TogetherAsync(IReadOnlyList<SampleRequest> requests, CancellationToken cancellation)
    {
        string[][] hashes = [.. requests.Select(request => Enumerable.Range(0, request.Count).Select(sample => RecordedAnswer.HashOf(name, request, sample)).ToArray())];
        Completion?[][] answers = [.. hashes.Select(samples => samples.Select(record.Find).ToArray())];
        int[] lacking = [.. Enumerable.Range(0, requests.Count).Where(at => answers[at].Contains(null))];
        if (lacking.Length > 0)
        {
            record.Begin(name, requests[lacking[0]], Array.IndexOf(answers[lacking[0]], null));
            try
            {
                long start = time.GetTimestamp();
                IReadOnlyList<IReadOnlyList<Completion>> given = await model.SampleAsync([.. lacking.Select(at => requests[at])], cancellation).ConfigureAwait(false);
                foreach ((int at, IReadOnlyList<Completion> samples) in lacking.Zip(given))
                {
                    for (int sample = 0; sample < samples.Count; sample++)
                        answers[at][sample] ??= Keep(hashes[at][sample], requests[at], sample, samples[sample], start);
                }
            }
            finally
            {
                record.End();
            }
        }

        return [.. answers.Select(samples => (IReadOnlyList<Completion>)samples!)];
    }

    private Completion Keep(string hash, SampleRequest request, int sample, Completion answer, long start)
    {
        TokenUsage usage = answer.Usage ?? TokenUsage.Guess(request.Prompt, answer.Text);
        double cost = answer.Failure is null ? (usage.Prompt * prices.Prompt + usage.Completion * prices.Completion) / 1e6 : 0;
        RecordedAnswer line = new(
            hash, name, request.Key.Purpose, request.Key.Subject, sample, request.Prompt, answer.Text, answer.FinishReason, answer.Usage,
            cost > 0 ? cost : null, Math.Round(time.GetElapsedTime(start).TotalSeconds, 3), answer.Retried, answer.Failure);
        record.Append(line);
        return line.Completion;
    }
}
