using System.Globalization;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Plum.Text;

namespace Plum.Models;

/// <summary>How much may be spent on answers, those of earlier starts included.</summary>
/// <param name="Tokens">The most tokens of prompts and answers; 0 for no limit.</param>
/// <param name="Money">The most money, in the currency of the prices; 0 for no limit.</param>
public sealed record ModelBudget(long Tokens = 0, double Money = 0);

/// <summary>What a record is for.</summary>
/// <param name="ReplayOnly">Whether nothing may be asked: an answer that is not there is an error.</param>
/// <param name="AskFailedAgain">Whether requests whose failure is on record are asked again.</param>
/// <param name="Budget">What may be spent; null for no limit.</param>
public sealed record RecordUse(bool ReplayOnly = false, bool AskFailedAgain = false, ModelBudget? Budget = null);

/// <summary>
/// Everything that models were asked and answered, in a file of whole lines in the order of the answers' coming. Memory holds a
/// place in the file for each answer and no texts. It also keeps the budget: once that is spent, or an endpoint is gone, nothing
/// more is asked and what is under way is waited for.
/// </summary>
public sealed class ModelRecord : IDisposable
{
    private readonly Lock gate = new();
    private readonly string path;
    private readonly RecordUse use;
    private readonly Dictionary<UInt128, (long Start, int Length)> places = [];
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SortedDictionary<UInt128, string> failed = [];
    private readonly Dictionary<string, (bool Form, HashSet<string> Retried)> past = [];
    private readonly ModelTally tally = new();
    private JsonLinesWriter<RecordedAnswer>? writer;
    private SafeFileHandle? reader;
    private ModelStoppedException? stopped;
    private int underWay;

    private ModelRecord(string path, RecordUse use) => (this.path, this.use) = (path, use);

    /// <summary>What all the answers on record have taken.</summary>
    public ModelFigures Figures
    {
        get
        {
            lock (gate)
                return tally.Figures with { Failures = new SortedDictionary<string, long>(failed.Values.CountBy(kind => kind).ToDictionary(pair => pair.Key, pair => (long)pair.Value), StringComparer.Ordinal) };
        }
    }

    /// <summary>Opens a record; what a kill left of a last line is removed.</summary>
    /// <param name="path">The file; made where it is missing, unless nothing may be asked.</param>
    /// <param name="use">What it is for.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">A line is malformed, another process writes the file, or it is missing where it is needed.</exception>
    public static async Task<ModelRecord> OpenAsync(string path, RecordUse use, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(use);
        if (use.ReplayOnly && !File.Exists(path))
            throw new InputException($"{path}: there is no such record to replay: check the name, or take replay_only out and ask the teacher");
        ModelRecord record = new(path, use);
        try
        {
            if (!use.ReplayOnly) record.writer = new(path);
            long start = 0;
            await foreach ((int number, ReadOnlyMemory<byte> line) in LineReader.ReadAsync(path, cancellation).ConfigureAwait(false))
            {
                if (JsonLines.Parse<RecordedAnswer>(line.Span, path, number) is { } answer)
                {
                    if (!UInt128.TryParse(answer.Request, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _))
                        throw new InputException($"{path}, line {number}: 'request' is no hash of 32 hexadecimal digits: remove the line");
                    record.Add(answer, start, line.Length);
                    if (use.AskFailedAgain && answer.Failure is not null) record.places.Remove(Number(answer.Request));
                }

                start += line.Length + 1;
            }

            record.reader = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return record;
        }
        catch
        {
            record.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        writer?.Dispose();
        reader?.Dispose();
    }

    /// <summary>The answer to a request; null where it has to be asked.</summary>
    /// <param name="request">The request's hash.</param>
    internal Completion? Find(string request)
    {
        (long Start, int Length) place;
        lock (gate)
        {
            if (!places.TryGetValue(Number(request), out place)) return null;
        }

        byte[] line = new byte[place.Length];
        RandomAccess.Read(reader!, line, place.Start);
        return JsonSerializer.Deserialize<RecordedAnswer>(line, PlumJson.Lines)!.Completion;
    }

    /// <summary>Before a model is asked.</summary>
    /// <param name="teacher">The model's name.</param>
    /// <param name="request">What it is to be asked.</param>
    /// <param name="sample">Which sample.</param>
    /// <exception cref="InputException">Nothing may be asked.</exception>
    /// <exception cref="ModelStoppedException">Nothing more may be asked.</exception>
    internal void Begin(string teacher, SampleRequest request, int sample)
    {
        if (use.ReplayOnly)
            throw new InputException($"{path}: no answer of {teacher} on record for '{request.Key.Subject}', {request.Key.Purpose}, sample {sample}: the prompt, the sampling, the seed or the model has changed since; ask the teacher without replay_only");
        lock (gate)
        {
            if (stopped is null && Spent() is { } spent)
                Stop(new ModelStoppedException($"the teacher's budget is spent: {spent}; what was answered is on record in {path}. Raise teacher_budget and run the same command again"));
            if (stopped is not null) throw new ModelStoppedException(stopped.Message, stopped);
            underWay++;
        }
    }

    /// <summary>Keeps the answers of a call; they reach the file in one piece.</summary>
    internal void Append(IReadOnlyList<RecordedAnswer> answers)
    {
        lock (gate)
        {
            long start = writer!.Length;
            writer.Append(answers);
            foreach (RecordedAnswer answer in answers)
            {
                int length = answers.Count == 1 ? (int)(writer.Length - start) - 1 : JsonSerializer.SerializeToUtf8Bytes(answer, PlumJson.Lines).Length;
                Add(answer, start, length);
                start += length + 1;
            }
        }
    }

    /// <summary>Tells an endpoint what its answers on record have shown that it can.</summary>
    /// <param name="teacher">The model's name.</param>
    /// <param name="endpoint">The endpoint.</param>
    internal void Recall(string teacher, ChatEndpoint endpoint)
    {
        lock (gate)
        {
            if (past.TryGetValue(teacher, out (bool Form, HashSet<string> Retried) shown)) endpoint.Recall(shown.Form, shown.Retried);
        }
    }

    /// <summary>After a model answered, or did not.</summary>
    internal void End()
    {
        lock (gate)
        {
            if (--underWay == 0 && stopped is not null) drained.TrySetResult();
        }
    }

    /// <summary>Lets nothing more be asked.</summary>
    /// <param name="reason">Why.</param>
    internal void Stop(ModelStoppedException reason)
    {
        lock (gate)
        {
            stopped ??= reason;
            if (underWay == 0) drained.TrySetResult();
        }
    }

    /// <summary>After a stop: ends when all that was under way is on record.</summary>
    internal Task DrainedAsync(CancellationToken cancellation) => drained.Task.WaitAsync(cancellation);

    private void Add(RecordedAnswer answer, long start, int length)
    {
        UInt128 request = Number(answer.Request);
        places[request] = (start, length);
        if (answer.Failure is { } failure) failed[request] = failure.Kind;
        else failed.Remove(request);
        if (!past.TryGetValue(answer.Teacher, out (bool Form, HashSet<string> Retried) shown)) shown = (false, []);
        shown.Retried.UnionWith(answer.Retried ?? []);
        past[answer.Teacher] = (shown.Form || answer is { Format: not null, Failure: null }, shown.Retried);
        tally.Add(answer.Usage ?? TokenUsage.Guess(answer.Prompt, answer.Text), answer.Cost ?? 0, answer.Retried, null);
    }

    private string? Spent()
    {
        ModelFigures now = tally.Figures;
        return use.Budget is not { } budget ? null
            : budget.Tokens > 0 && now.Tokens >= budget.Tokens ? $"{now.Tokens} of {budget.Tokens} tokens in {now.Calls} calls"
            : budget.Money > 0 && now.Cost >= budget.Money ? string.Create(CultureInfo.InvariantCulture, $"{now.Cost:0.####} of {budget.Money:0.####} in money, {now.Tokens} tokens in {now.Calls} calls")
            : null;
    }

    private static UInt128 Number(string hash) => UInt128.Parse(hash, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
