using Plum.Sandboxes;
using Plum.Text;

namespace Plum.Suites;

/// <summary>
/// Properties that a teacher wrote: <c>check_property(answer, *arguments)</c>, run over all answers of all programs. The function sees
/// answers and no program, in a process of its own, so that neither can deceive the other. It may be wrong itself: it is believed where
/// enough references have it on every answer.
/// </summary>
internal static class PropertyCheck
{
    /// <summary>The function's name.</summary>
    public const string EntryPoint = "check_property";

    /// <summary>The program in an answer, if it defines a function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="answer">The teacher's answer.</param>
    /// <returns>The program; empty where it does not.</returns>
    public static string Defining(string function, string answer) =>
        ProgramExtractor.Extract(answer, function) is var program && program.Contains($"def {function}(", StringComparison.Ordinal) ? program : "";

    /// <summary>The runs with what violates a believed property marked.</summary>
    /// <param name="properties">The programs with properties.</param>
    /// <param name="inputs">The calls that were run.</param>
    /// <param name="runs">What came of them.</param>
    /// <param name="sandbox">Where properties run.</param>
    /// <param name="options">What is enough.</param>
    /// <param name="cancellation">Stops the runs.</param>
    public static async Task<IReadOnlyList<ReferenceRun>> ApplyAsync(
        IReadOnlyList<string> properties, ProposedInputs inputs, IReadOnlyList<ReferenceRun> runs, ISandbox sandbox, SuiteOptions options, CancellationToken cancellation)
    {
        (int Input, TypedValue Answer)[] answers =
        [
            .. inputs.Calls
                .SelectMany((_, input) => runs.Select(run => run.Returned(input)).OfType<TypedValue>().Distinct().Select(answer => (input, answer)))
                .Where(one => InputVote.Unfit(one.answer, options) is null),
        ];
        Call[] calls = [.. answers.Select(one => new Call([one.Answer, .. inputs.Calls[one.Input].Call.Positional], inputs.Calls[one.Input].Call.Keywords))];
        if (calls.Length == 0 || properties.Count == 0) return runs;
        ExecutionResult[] results = await Task.WhenAll(properties.Select(program =>
            sandbox.RunAsync(new(program, EntryPoint, calls, options.Limits ?? Limits.Default), cancellation))).ConfigureAwait(false);
        HashSet<(int, TypedValue)> violations = [.. results.Select(result => Violations(result, answers)).Where(one => IsBelieved(one, runs, options)).SelectMany(one => one)];
        return [.. runs.Select(run => run with { Violations = Indices(run, violations) })];
    }

    // Whatever is not False is no violation: a property that raises says nothing.
    private static HashSet<(int, TypedValue)> Violations(ExecutionResult result, (int Input, TypedValue Answer)[] answers) =>
        [.. answers.Where((_, at) => at < result.Calls.Count && result.Calls[at].Value is TypedValue.Bool(false))];

    private static bool IsBelieved(HashSet<(int, TypedValue)> violations, IReadOnlyList<ReferenceRun> runs, SuiteOptions options) =>
        runs.Where(run => run.Votes && run.Role == ReferenceRole.Reference && Indices(run, violations).Count == 0).Sum(run => run.Samples) >= options.MinReferences;

    private static HashSet<int> Indices(ReferenceRun run, HashSet<(int Input, TypedValue Answer)> violations) =>
        [.. violations.Where(one => one.Answer.Equals(run.Returned(one.Input))).Select(one => one.Input)];
}
