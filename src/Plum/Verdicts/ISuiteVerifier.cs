namespace Plum.Verdicts;

/// <summary>Judges the candidates of one suite: by its cases, by its test code, or in another language.</summary>
public interface ISuiteVerifier
{
    /// <summary>How many suites may usefully be asked about at once.</summary>
    int Parallelism { get; }

    /// <summary>Judges the candidates of one instruction; equal programs are run once.</summary>
    /// <param name="suite">The tests.</param>
    /// <param name="candidates">The candidates.</param>
    /// <param name="cancellation">Stops the runs.</param>
    /// <returns>A verdict per candidate, in order.</returns>
    /// <exception cref="InputException">The suite cannot be judged by.</exception>
    Task<IReadOnlyList<Verdict>> VerifyAsync(TestSuite suite, IReadOnlyList<Candidate> candidates, CancellationToken cancellation);
}
