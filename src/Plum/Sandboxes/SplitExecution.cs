namespace Plum.Sandboxes;

/// <summary>
/// Arbitrary test code against a program. The test runs in one process and the program in another; what passes between
/// them is plain data, so neither the test's text nor its expected values come near the program. Arguments are copied on
/// the way: a test that looks for changes made to an argument sees none.
/// </summary>
/// <param name="Program">The candidate's program.</param>
/// <param name="EntryPoint">The function that the tests call, under this name and as <c>candidate</c>.</param>
/// <param name="Tests">Test code, each text judged by itself: asserts, or a <c>check(candidate)</c> that is then called.</param>
/// <param name="Limits">What the program may use up.</param>
/// <param name="Prelude">Trusted code that the tests need before them: the prompt's imports and helpers.</param>
/// <param name="StopAtFirstFailure">True to run no further test after one that fails.</param>
public sealed record SplitExecution(
    string Program,
    string EntryPoint,
    IReadOnlyList<string> Tests,
    Limits Limits,
    string Prelude = "",
    bool StopAtFirstFailure = false);

/// <summary>What a split execution gave.</summary>
/// <param name="Outcomes">One per test, in order; fewer after a stop at the first failure. <see cref="CaseOutcome.Undecided"/> where the sandbox broke or the prelude is no Python.</param>
/// <param name="Message">Why the first test that did not pass did not; null where all passed.</param>
/// <param name="CpuMilliseconds">CPU time of the program's process.</param>
/// <param name="JudgeCpuMilliseconds">CPU time of the test's process.</param>
public sealed record SplitResult(
    IReadOnlyList<CaseOutcome> Outcomes,
    string? Message,
    double CpuMilliseconds,
    double JudgeCpuMilliseconds)
{
    /// <summary>True where every test passed and there was at least one.</summary>
    public bool Passed => Outcomes.Count > 0 && Outcomes.All(outcome => outcome == CaseOutcome.Passed);
}
