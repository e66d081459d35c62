namespace Plum.Evaluation;

/// <summary>A 95% interval.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
public sealed record Interval(double Low, double High)
{
    /// <summary>The normal distribution's 97.5% point.</summary>
    private const double Z = 1.959963984540054;

    /// <summary>Wilson's score interval of a proportion (JASA 22, 1927): for greedy pass@1, one trial a task.</summary>
    /// <param name="passed">Successes.</param>
    /// <param name="trials">Trials; none give [0, 1].</param>
    public static Interval Wilson(int passed, int trials)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(passed);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(passed, trials);
        if (trials == 0) return new(0, 1);
        double share = (double)passed / trials, spread = Z * Z / trials;
        double center = (share + (spread / 2)) / (1 + spread);
        double half = Z * Math.Sqrt((share * (1 - share) / trials) + (spread / (4 * trials))) / (1 + spread);
        // At the ends rounding would leave 1e-17 where the formula gives 0 or 1.
        return new(passed == 0 ? 0 : Math.Max(0, center - half), passed == trials ? 1 : Math.Min(1, center + half));
    }

    /// <summary>The percentile bootstrap of a mean over tasks (Efron, 1979): for pass@k, whose tasks count and not their samples.</summary>
    /// <param name="values">One value a task; none give [0, 0].</param>
    /// <param name="key">Names the draws.</param>
    /// <param name="resamples">How many.</param>
    public static Interval Bootstrap(IReadOnlyList<double> values, DrawKey key, int resamples = 10_000)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 40);
        if (values.Count == 0) return new(0, 0);
        RandomStream draws = key.Open();
        double[] means = new double[resamples];
        foreach (ref double mean in means.AsSpan())
        {
            double sum = 0;
            for (int draw = 0; draw < values.Count; draw++) sum += values[draws.NextInt32(values.Count)];
            mean = sum / values.Count;
        }

        Array.Sort(means);
        int tail = (int)(resamples * 0.025);
        return new(means[tail], means[resamples - 1 - tail]);
    }
}
