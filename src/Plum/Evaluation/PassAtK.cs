namespace Plum.Evaluation;

/// <summary>The chance that one of k samples passes, estimated without bias from n samples (Chen et al., arXiv 2107.03374, eq. 1).</summary>
public static class PassAtK
{
    /// <summary>1 - C(n - c, k) / C(n, k), as the product 1 - prod over i in (n - c, n] of (1 - k / i).</summary>
    /// <param name="samples">n, samples of a task.</param>
    /// <param name="passed">c, those that pass.</param>
    /// <param name="k">k, at most n.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not 0 &lt;= c &lt;= n or not 1 &lt;= k &lt;= n.</exception>
    public static double Estimate(int samples, int passed, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(passed);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(passed, samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, samples);
        if (samples - passed < k) return 1;
        double allFail = 1;
        for (int i = samples - passed + 1; i <= samples; i++) allFail *= 1 - ((double)k / i);
        return 1 - allFail;
    }
}
