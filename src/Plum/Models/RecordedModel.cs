namespace Plum.Models;

/// <summary>
/// A model whose answers are kept: one that is on record is replayed and never asked for again. An endpoint is asked call by
/// call and each answer kept as it comes; another model is asked in one batch whatever lacks an answer.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="name">What its answers are kept under; another name is another model.</param>
/// <param name="record">Where they are kept; several models may share it.</param>
/// <param name="prices">Money for a million tokens of prompts, and of answers.</param>
/// <param name="time">The clock for the seconds on record.</param>
public sealed class RecordedModel(ILanguageModel model, string name, ModelRecord record, (double Prompt, double Completion) prices, TimeProvider time) : ILanguageModel, IDisposable
{
    private readonly SemaphoreSlim slots = new(Math.Max(1, model.Parallelism));
    private readonly ChatEndpoint? endpoint = Recalling(model as ChatEndpoint, name, record);

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
            return endpoint is not null
                ? await Task.WhenAll(requests.Select(request => CallByCallAsync(endpoint, request, cancellation))).ConfigureAwait(false)
                : await TogetherAsync([.. requests.Select(request => request with { Structured = null })], cancellation).ConfigureAwait(false);
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

    private static ChatEndpoint? Recalling(ChatEndpoint? endpoint, string name, ModelRecord record)
    {
        if (endpoint is not null) record.Recall(name, endpoint);
        return endpoint;
    }

    private async Task<IReadOnlyList<Completion>> CallByCallAsync(ChatEndpoint endpoint, SampleRequest request, CancellationToken cancellation)
    {
        IReadOnlyList<SampleRequest> forms = endpoint.FormsOf(request);
        Completion?[] answers = [.. Enumerable.Range(0, request.Count).Select(sample => Find(forms, sample))];
        int[] lacking = [.. Enumerable.Range(0, request.Count).Where(sample => answers[sample] is null)];
        await endpoint.FillAsync(lacking, answers, samples => AskAsync(endpoint, request, samples, cancellation)).ConfigureAwait(false);
        return answers!;
    }

    // Asked again in plain text, a request may have a failure in one form and an answer in the other.
    private Completion? Find(IReadOnlyList<SampleRequest> forms, int sample)
    {
        Completion[] known = [.. forms.Select(form => record.Find(RecordedAnswer.HashOf(name, form, sample))).OfType<Completion>()];
        return known.FirstOrDefault(answer => answer.Failure is null) ?? known.FirstOrDefault();
    }

    private async Task<IReadOnlyList<Completion>> AskAsync(ChatEndpoint endpoint, SampleRequest request, int[] samples, CancellationToken cancellation)
    {
        await slots.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            record.Begin(name, request, samples[0]);
            try
            {
                long start = time.GetTimestamp();
                EndpointAnswer answer = await endpoint.AskAsync(request, samples, cancellation).ConfigureAwait(false);
                return Keep(answer.Structured ? request : request with { Structured = null }, [.. samples.Zip(answer.Choices)], start);
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
                    (int Sample, Completion Answer)[] fresh = [.. samples.Index().Where(one => answers[at][one.Index] is null)];
                    foreach (((int sample, _), Completion answer) in fresh.Zip(Keep(requests[at], fresh, start))) answers[at][sample] = answer;
                }
            }
            finally
            {
                record.End();
            }
        }

        return [.. answers.Select(samples => (IReadOnlyList<Completion>)samples!)];
    }

    private IReadOnlyList<Completion> Keep(SampleRequest request, IReadOnlyList<(int Sample, Completion Answer)> answers, long start)
    {
        double seconds = Math.Round(time.GetElapsedTime(start).TotalSeconds, 3);
        RecordedAnswer[] lines = [.. answers.Select(one => Line(request, one.Sample, one.Answer, seconds))];
        record.Append(lines);
        return [.. lines.Select(line => line.Completion)];
    }

    private RecordedAnswer Line(SampleRequest request, int sample, Completion answer, double seconds)
    {
        string prompt = request.Structured?.Prompt ?? request.Prompt;
        TokenUsage usage = answer.Usage ?? TokenUsage.Guess(prompt, answer.Text);
        double cost = answer.Failure is null ? (usage.Prompt * prices.Prompt + usage.Completion * prices.Completion) / 1e6 : 0;
        return new(
            RecordedAnswer.HashOf(name, request, sample), name, request.Key.Purpose, request.Key.Subject, sample, prompt, answer.Text, answer.FinishReason, answer.Usage,
            cost > 0 ? cost : null, seconds, answer.Retried, answer.Failure, request.Structured?.Name);
    }
}
