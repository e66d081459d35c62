using Plum.Sandboxes;

namespace Plum.Verdicts;

/// <summary>
/// Judges by what a suite holds: Python by its test code, where it has any, or by its cases, which are inputs and outputs
/// of a whole program where there is no entry point; another language by its test code.
/// </summary>
/// <param name="sandbox">Where programs run.</param>
/// <param name="language">The programs' language; null for Python.</param>
/// <param name="options">How they are judged; null for the defaults.</param>
public sealed class SuiteVerifier(PythonSandbox sandbox, Language? language = null, VerifierOptions? options = null) : ISuiteVerifier
{
    private readonly Verifier cases = new(sandbox, options);
    private readonly TestCodeVerifier code = new(sandbox, options);
    private readonly ScriptVerifier scripts = new(sandbox, options);
    private readonly ProgramVerifier? programs = language is null ? null : new(sandbox, language, options);

    /// <inheritdoc/>
    public int Parallelism => sandbox.Parallelism;

    /// <inheritdoc/>
    public Task<IReadOnlyList<Verdict>> VerifyAsync(TestSuite suite, IReadOnlyList<Candidate> candidates, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ISuiteVerifier one = programs is not null ? programs : suite.Test is not null ? code : suite.EntryPoint.Length == 0 ? scripts : cases;
        return one.VerifyAsync(suite, candidates, cancellation);
    }
}
