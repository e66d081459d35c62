using Plum.Sandboxes;

namespace Plum.Verdicts;

/// <summary>Judges by what a suite holds: Python by its cases or, where it has any, its test code; another language by its test code.</summary>
/// <param name="sandbox">Where programs run.</param>
/// <param name="language">The programs' language; null for Python.</param>
/// <param name="options">How they are judged; null for the defaults.</param>
public sealed class SuiteVerifier(PythonSandbox sandbox, Language? language = null, VerifierOptions? options = null) : ISuiteVerifier
{
    private readonly Verifier cases = new(sandbox, options);
    private readonly TestCodeVerifier code = new(sandbox, options);
    private readonly ProgramVerifier? programs = language is null ? null : new(sandbox, language, options);

    /// <inheritdoc/>
    public int Parallelism => sandbox.Parallelism;

    /// <inheritdoc/>
    public Task<IReadOnlyList<Verdict>> VerifyAsync(TestSuite suite, IReadOnlyList<Candidate> candidates, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ISuiteVerifier one = programs is not null ? programs : suite.Test is null ? cases : code;
        return one.VerifyAsync(suite, candidates, cancellation);
    }
}
