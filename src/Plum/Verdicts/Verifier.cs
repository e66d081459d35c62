using System.Runtime.CompilerServices;
using Plum.Sandboxes;

namespace Plum.Verdicts;

/// <summary>
/// Stage 2b: candidate times suite gives a verdict. The expected values stay here; the sandbox sees the program and the
/// arguments alone. Candidates of one suite whose programs differ in layout or comments only are run once.
/// </summary>
/// <param name="sandbox">Where programs run.</param>
/// <param name="options">How they are judged; null for the defaults.</param>
public sealed class Verifier(ISandbox sandbox, VerifierOptions? options = null) : ISuiteVerifier
{
    private const int MostGot = 2_000;

    private readonly VerifierOptions options = options ?? new VerifierOptions();
    private readonly ConditionalWeakTable<TestSuite, PreparedSuite> prepared = [];

    /// <summary>Which layers of isolation are on.</summary>
    public string SandboxLevel => sandbox.Level;

    /// <inheritdoc/>
    public int Parallelism => sandbox.Parallelism;

    /// <summary>Judges one program.</summary>
    /// <param name="suite">The tests.</param>
    /// <param name="candidate">The candidate; an empty program fails without being run.</param>
    /// <param name="cancellation">Stops the run.</param>
    /// <exception cref="InputException">A case of the suite is not made of Python literals.</exception>
    public async Task<Verdict> VerifyAsync(TestSuite suite, Candidate candidate, CancellationToken cancellation)
    {
        Judgement judgement = await JudgeAsync(Prepare(suite), candidate.Program, cancellation).ConfigureAwait(false);
        return judgement.For(candidate, sandbox.Level);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Verdict>> VerifyAsync(TestSuite suite, IReadOnlyList<Candidate> candidates, CancellationToken cancellation)
    {
        PreparedSuite cases = Prepare(suite);
        return OncePerProgram.JudgeAsync(candidates, CanonicalForm.Of, program => JudgeAsync(cases, program, cancellation), sandbox.Level);
    }

    private async Task<Judgement> JudgeAsync(PreparedSuite suite, string program, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(program))
            return suite.Fail("no program", null);
        Execution execution = new(program, suite.EntryPoint, suite.Calls, suite.Limits, options.StopAtFirstFailure);
        ExecutionResult result = await sandbox.RunAsync(execution, cancellation).ConfigureAwait(false);
        return Judge(suite, program, result);
    }

    private Judgement Judge(PreparedSuite suite, string program, ExecutionResult result)
    {
        string? form = result.SyntaxError ? null : CanonicalForm.Of(program);
        if (result.Status == ExecutionStatus.SandboxError)
            return new([CaseOutcome.Undecided], null, form, result.CpuMilliseconds, false);
        if (result.Calls.Count == 0 && suite.Calls.Count > 0)
            return suite.Fail(result.Message, form, result.Status, result.CpuMilliseconds, options.StopAtFirstFailure);
        List<CaseOutcome> outcomes = new(result.Calls.Count);
        FirstFailure? first = null;
        for (int at = 0; at < result.Calls.Count; at++)
        {
            CallResult call = result.Calls[at];
            TypedValue expected = suite.Expected[at];
            CaseOutcome outcome = CaseOutcomes.Of(call, one => one.Status == CallStatus.Returned && expected.Equals(one.Value));
            outcomes.Add(outcome);
            if (outcome == CaseOutcome.Passed)
                continue;
            first ??= suite.FirstFailure(at, call.Value is null ? null : PythonLiteral.Format(call.Value, MostGot), call.Exception);
            if (options.StopAtFirstFailure)
                break;
        }
        bool passed = first is null && outcomes.Count == suite.Calls.Count && outcomes.Count > 0;
        return new(outcomes, first, form, result.CpuMilliseconds, passed);
    }

    private PreparedSuite Prepare(TestSuite suite) => prepared.GetValue(suite, suite => PreparedSuite.Of(suite, options));
}

/// <summary>How candidates are judged.</summary>
/// <param name="StopAtFirstFailure">True to stop at the first case that does not pass: cheaper, and labels need no more.</param>
/// <param name="Limits">What a program may use up; null to follow the suite's reference time, or the defaults where it has none.</param>
public sealed record VerifierOptions(bool StopAtFirstFailure = false, Limits? Limits = null);
