using Plum.Sandboxes;

namespace Plum.Verdicts;

/// <summary>What became of a program under test code.</summary>
/// <param name="Outcomes">One per understood assert, then one per text that needed split mode.</param>
/// <param name="Message">Why the first that did not pass did not; null where all passed.</param>
/// <param name="CpuMilliseconds">CPU time of the program.</param>
/// <param name="FirstFailure">The first that did not pass, its text in place of arguments; null where all passed.</param>
/// <param name="SyntaxError">True where the program is not Python at all.</param>
public sealed record TestCodeVerdict(
    IReadOnlyList<CaseOutcome> Outcomes, string? Message, double CpuMilliseconds, FirstFailure? FirstFailure = null, bool SyntaxError = false)
{
    /// <summary>True where every outcome is a pass and there is at least one.</summary>
    public bool Passed => Outcomes.Count > 0 && Outcomes.All(outcome => outcome == CaseOutcome.Passed);

    /// <summary>True where the sandbox could not judge.</summary>
    public bool Undecided => Outcomes.Contains(CaseOutcome.Undecided);
}

/// <summary>Judges programs by Python test code: what can be compared outside the jail is, the rest runs in split mode.</summary>
/// <param name="sandbox">Where programs and tests run.</param>
/// <param name="options">How a suite's candidates are judged; null for the defaults.</param>
public sealed class TestCodeVerifier(PythonSandbox sandbox, VerifierOptions? options = null) : ISuiteVerifier
{
    private const int MostGot = 2_000;

    /// <inheritdoc/>
    public int Parallelism => sandbox.Parallelism;

    /// <inheritdoc/>
    public Task<IReadOnlyList<Verdict>> VerifyAsync(TestSuite suite, IReadOnlyList<Candidate> candidates, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(suite);
        TestCode tests = TestCode.Parse(suite.EntryPoint, suite.Test ?? throw new InputException($"Suite {suite.InstructionId} has no 'test'."));
        return OncePerProgram.JudgeAsync(candidates, CanonicalForm.Of, program => JudgeAsync(suite, tests, program, cancellation), sandbox.Level);
    }

    private async Task<Judgement> JudgeAsync(TestSuite suite, TestCode tests, string program, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(program))
            return new([CaseOutcome.Failed], new(0, "", "", null, "no program"), null, 0, false);
        Limits? limits = options?.Limits ?? (suite.ReferenceCpuMilliseconds is { } reference ? Limits.FromReference(reference) : null);
        TestCodeVerdict verdict = await VerifyAsync(program, suite.EntryPoint, tests, "", limits, cancellation: cancellation).ConfigureAwait(false);
        FirstFailure? first = verdict.Undecided ? null : verdict.FirstFailure;
        IReadOnlyList<CaseOutcome> outcomes = options?.StopAtFirstFailure == true ? [.. verdict.Outcomes.Take(verdict.Outcomes.TakeWhile(outcome => outcome == CaseOutcome.Passed).Count() + 1)] : verdict.Outcomes;
        return new(outcomes, first, CanonicalForm.Of(program), verdict.CpuMilliseconds, verdict.Passed);
    }

    /// <summary>Judges one program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="entryPoint">The function under test.</param>
    /// <param name="tests">The tests.</param>
    /// <param name="prelude">Trusted code that split tests need before them, such as the prompt; empty for none.</param>
    /// <param name="limits">What the program may use up; null for the defaults.</param>
    /// <param name="through">An expression that the function is called through; null for the entry point itself.</param>
    /// <param name="cancellation">Stops the run.</param>
    public async Task<TestCodeVerdict> VerifyAsync(
        string program,
        string entryPoint,
        TestCode tests,
        string prelude = "",
        Limits? limits = null,
        string? through = null,
        CancellationToken cancellation = default)
    {
        List<CaseOutcome> outcomes = [];
        FirstFailure? first = null;
        bool syntaxError = false;
        string? message = null;
        double cpu = 0;
        if (tests.Cases.Count > 0)
        {
            ExecutionResult result = await sandbox.RunAsync(
                new Execution(program, through ?? entryPoint, [.. tests.Cases.Select(test => test.Call)], limits ?? Limits.Default), cancellation).ConfigureAwait(false);
            cpu += result.CpuMilliseconds;
            syntaxError = result.SyntaxError;
            for (int at = 0; at < tests.Cases.Count; at++)
            {
                CallResult? call = at < result.Calls.Count ? result.Calls[at] : null;
                CaseOutcome outcome = CaseOutcomes.Of(result, at, tests.Cases[at].Expectation.Holds);
                outcomes.Add(outcome);
                if (outcome == CaseOutcome.Passed)
                    continue;
                string? got = call?.Value is { } value ? PythonLiteral.Format(value, MostGot) : null, exception = got is null ? call?.Exception ?? result.Message : null;
                message ??= $"{tests.Cases[at].Source}: {got ?? exception}";
                first ??= new(at, tests.Cases[at].Source, tests.Cases[at].Expectation is Expectation.Equal(var wanted) ? PythonLiteral.Format(wanted, MostGot) : "", got, exception);
            }
        }
        if (tests.Rest.Count > 0)
        {
            SplitResult result = await sandbox.RunSplitAsync(
                new SplitExecution(program, through ?? entryPoint, Named(tests.Rest), limits ?? Limits.Default, prelude), cancellation).ConfigureAwait(false);
            cpu += result.CpuMilliseconds;
            outcomes.AddRange(result.Outcomes);
            message ??= result.Message;
            if (result.Outcomes.ToList().FindIndex(outcome => outcome != CaseOutcome.Passed) is var at and >= 0)
                first ??= new(tests.Cases.Count + at, tests.Rest[at], "", null, result.Message);
        }
        return new(outcomes, message, cpu, first, syntaxError);

        // Called through an expression, the tests know the function as candidate alone.
        IReadOnlyList<string> Named(IReadOnlyList<string> texts) => through is null ? texts : [.. texts.Select(text => entryPoint.All(letter => char.IsLetterOrDigit(letter) || letter == '_') ? $"{entryPoint} = candidate\n{text}" : text)];
    }
}
