namespace Plum.Evaluation;

/// <summary>Whether one policy is better than another on the same tasks, greedy sample against greedy sample.</summary>
/// <param name="Tasks">Tasks compared.</param>
/// <param name="Gained">Tasks that only the second passes.</param>
/// <param name="Lost">Tasks that only the first passes.</param>
/// <param name="Gain">(gained - lost) / tasks: the difference of the pass@1.</param>
/// <param name="Low">The lower end of the gain's 95% interval, by bootstrap over tasks.</param>
/// <param name="High">Its upper end.</param>
/// <param name="PValue">Two-sided, of McNemar's exact test.</param>
public sealed record PairedTest(int Tasks, int Gained, int Lost, double Gain, double Low, double High, double PValue)
{
    /// <summary>Compares two lists of results, task by task.</summary>
    /// <param name="before">Whether the first policy passes each task.</param>
    /// <param name="after">Whether the second does, in the same order.</param>
    /// <param name="key">Names the bootstrap's draws.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static PairedTest Compare(IReadOnlyList<bool> before, IReadOnlyList<bool> after, DrawKey key)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (before.Count != after.Count)
            throw new ArgumentException($"{before.Count} results cannot be paired with {after.Count}.", nameof(after));
        double[] differences = [.. before.Zip(after, (first, second) => (second ? 1.0 : 0.0) - (first ? 1.0 : 0.0))];
        int gained = differences.Count(difference => difference > 0), lost = differences.Count(difference => difference < 0);
        Interval interval = Interval.Bootstrap(differences, key);
        return new(before.Count, gained, lost, differences.DefaultIfEmpty().Average(), interval.Low, interval.High, McNemar(gained, lost));
    }

    /// <summary>
    /// How many tasks it would take to tell a difference of this size, four times in five, at 5%: Connor's formula for McNemar's
    /// test (Biometrics 43, 1987), n = (1.96 sqrt(q) + 0.84 sqrt(q - d^2))^2 / d^2 with q the share of tasks that changed and d the gain.
    /// </summary>
    /// <returns>The number; null where there is no difference to tell.</returns>
    public int? TasksToTell()
    {
        if (Gained == Lost || Tasks == 0) return null;
        double changed = (double)(Gained + Lost) / Tasks, difference = (double)(Gained - Lost) / Tasks;
        double root = (1.959963984540054 * Math.Sqrt(changed)) + (0.8416212335729143 * Math.Sqrt(Math.Max(0, changed - (difference * difference))));
        return (int)Math.Ceiling(root * root / (difference * difference));
    }

    /// <summary>
    /// McNemar's exact test: under no difference, of n = gained + lost discordant tasks min(gained, lost) are Binomial(n, 1/2);
    /// p = min(1, 2 P[X &lt;= min]).
    /// </summary>
    /// <param name="gained">Tasks that only the second passes.</param>
    /// <param name="lost">Tasks that only the first passes.</param>
    public static double McNemar(int gained, int lost)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gained);
        ArgumentOutOfRangeException.ThrowIfNegative(lost);
        int discordant = gained + lost;
        double logTerm = -discordant * Math.Log(2), tail = 0;
        for (int i = 0; i <= Math.Min(gained, lost); i++)
        {
            tail += Math.Exp(logTerm);
            logTerm += Math.Log((double)(discordant - i) / (i + 1));
        }

        return Math.Min(1, 2 * tail);
    }
}
