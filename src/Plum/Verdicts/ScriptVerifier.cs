using Plum.Sandboxes;

namespace Plum.Verdicts;

/// <summary>
/// Judges programs that read their standard input and write their standard output: the suite has no entry point, a case's
/// arguments are the input's text and its expected value is the output's, compared by <see cref="StandardOutput"/>.
/// </summary>
/// <param name="sandbox">Where programs run.</param>
/// <param name="options">How they are judged; null for the defaults.</param>
public sealed class ScriptVerifier(PythonSandbox sandbox, VerifierOptions? options = null) : ISuiteVerifier
{
    private const int MostGot = 2_000;

    private readonly VerifierOptions options = options ?? new VerifierOptions();

    /// <inheritdoc/>
    public int Parallelism => sandbox.Parallelism;

    /// <inheritdoc/>
    public Task<IReadOnlyList<Verdict>> VerifyAsync(TestSuite suite, IReadOnlyList<Candidate> candidates, CancellationToken cancellation) =>
        OncePerProgram.JudgeAsync(candidates, CanonicalForm.Of, program => JudgeAsync(suite, program, cancellation), sandbox.Level);

    private async Task<Judgement> JudgeAsync(TestSuite suite, string program, CancellationToken cancellation)
    {
        Limits limits = options.Limits ?? (suite.ReferenceCpuMilliseconds is { } reference ? Limits.FromReference(reference) : Limits.Default);
        List<CaseOutcome> outcomes = [];
        FirstFailure? first = null;
        double cpu = 0;
        foreach (TestCase test in suite.Cases)
        {
            ScriptResult result = await sandbox.RunScriptAsync(new(program, test.Arguments, limits), cancellation).ConfigureAwait(false);
            cpu += result.CpuMilliseconds;
            CaseOutcome outcome = CaseOutcomes.Of(result.Status, () => StandardOutput.Matches(test.Expected, result.Output));
            outcomes.Add(outcome);
            if (outcome == CaseOutcome.Undecided)
                return new(outcomes, null, null, cpu, false);
            if (outcome == CaseOutcome.Passed)
                continue;
            string? complaint = result.Status == ExecutionStatus.Completed ? null : result.Message;
            first ??= new(outcomes.Count - 1, test.Arguments, test.Expected, Cut(result.Output), Cut(complaint));
            if (options.StopAtFirstFailure)
                break;
        }
        return new(outcomes, first, CanonicalForm.Of(program), cpu, first is null && outcomes.Count > 0);
    }

    private static string? Cut(string? text) => text?[..Math.Min(text.Length, MostGot)];
}
