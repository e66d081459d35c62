namespace Plum.Models;

/// <summary>What asking a model has taken.</summary>
/// <param name="Calls">Samples that were asked for, failures included; the retries of one do not count.</param>
/// <param name="Tokens">Tokens of prompts and answers; a third of the characters where a model does not tell.</param>
/// <param name="Cost">Money, by the prices in the recipe.</param>
/// <param name="Retried">Failures that were mended or at last given up by asking again, by kind.</param>
/// <param name="Failures">Prompts without an answer, by kind.</param>
public sealed record ModelFigures(
    long Calls,
    long Tokens,
    double Cost,
    IReadOnlyDictionary<string, long> Retried,
    IReadOnlyDictionary<string, long> Failures);

/// <summary>Adds answers up. Several threads may add at once.</summary>
public sealed class ModelTally
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, long> retried = new(StringComparer.Ordinal), failures = new(StringComparer.Ordinal);
    private long calls, tokens;
    private double cost;

    /// <summary>Begins with what was added up before.</summary>
    /// <param name="before">Earlier figures; null for none.</param>
    public ModelTally(ModelFigures? before = null)
    {
        if (before is null) return;
        (calls, tokens, cost) = (before.Calls, before.Tokens, before.Cost);
        foreach ((string kind, long count) in before.Retried) retried[kind] = count;
        foreach ((string kind, long count) in before.Failures) failures[kind] = count;
    }

    /// <summary>The sums so far.</summary>
    public ModelFigures Figures
    {
        get
        {
            lock (gate) return new(calls, tokens, cost, new SortedDictionary<string, long>(retried), new SortedDictionary<string, long>(failures));
        }
    }

    /// <summary>Adds an answer.</summary>
    /// <param name="usage">Its tokens.</param>
    /// <param name="money">What it cost.</param>
    /// <param name="tries">The kinds of the failures before it; null for none.</param>
    /// <param name="failure">Why there is no answer; null where there is one.</param>
    public void Add(TokenUsage usage, double money, IReadOnlyList<string>? tries, AnswerFailure? failure)
    {
        ArgumentNullException.ThrowIfNull(usage);
        lock (gate)
        {
            calls++;
            tokens += usage.Prompt + usage.Completion;
            cost += money;
            foreach (string kind in tries ?? []) retried[kind] = retried.GetValueOrDefault(kind) + 1;
            if (failure is not null) failures[failure.Kind] = failures.GetValueOrDefault(failure.Kind) + 1;
        }
    }
}
