using Plum.Sandboxes;

namespace Plum.Verdicts;

/// <summary>A suite whose literals were read once, for all its candidates.</summary>
internal sealed class PreparedSuite
{
    private readonly TestSuite suite;

    private PreparedSuite(TestSuite suite, IReadOnlyList<Call> calls, IReadOnlyList<TypedValue> expected, Limits limits)
    {
        this.suite = suite;
        Calls = calls;
        Expected = expected;
        Limits = limits;
    }

    public string EntryPoint => suite.EntryPoint;

    public IReadOnlyList<Call> Calls { get; }

    public IReadOnlyList<TypedValue> Expected { get; }

    public Limits Limits { get; }

    /// <exception cref="InputException">A case is not made of Python literals.</exception>
    public static PreparedSuite Of(TestSuite suite, VerifierOptions options)
    {
        Call[] calls = new Call[suite.Cases.Count];
        TypedValue[] expected = new TypedValue[suite.Cases.Count];
        for (int at = 0; at < calls.Length; at++)
        {
            try
            {
                calls[at] = Call.Parse(suite.Cases[at].Arguments);
                expected[at] = PythonLiteral.Parse(suite.Cases[at].Expected);
            }
            catch (FormatException exception)
            {
                throw new InputException($"Suite {suite.InstructionId}, case {at + 1}: {exception.Message}", exception);
            }
        }
        Limits limits = options.Limits
            ?? (suite.ReferenceCpuMilliseconds is { } reference ? Limits.FromReference(reference) : Limits.Default);
        return new(suite, calls, expected, limits);
    }

    /// <summary>The program made no call: every case, or the first alone, has the same outcome.</summary>
    public Judgement Fail(
        string? reason,
        string? form,
        ExecutionStatus status = ExecutionStatus.ProgramFailed,
        double cpuMilliseconds = 0,
        bool stopAtFirst = false)
    {
        int count = stopAtFirst ? Math.Min(1, Calls.Count) : Calls.Count;
        return new([.. Enumerable.Repeat(CaseOutcomes.Of(status), count)], Calls.Count > 0 ? FirstFailure(0, null, reason) : null, form, cpuMilliseconds, false);
    }

    public FirstFailure FirstFailure(int at, string? got, string? exception) =>
        new(at, suite.Cases[at].Arguments, suite.Cases[at].Expected, got, exception);
}

/// <summary>What was found out about a program, whichever candidate it came from.</summary>
internal sealed record Judgement(
    IReadOnlyList<CaseOutcome> Outcomes,
    FirstFailure? FirstFailure,
    string? CanonicalForm,
    double CpuMilliseconds,
    bool Passed)
{
    public Verdict For(Candidate candidate, string level) =>
        new(candidate.TaskId, candidate.Sample, Passed, Outcomes, FirstFailure, CanonicalForm, CpuMilliseconds, level);
}
