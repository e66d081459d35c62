using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>A small wrong version of a program, by the operators of mutmut and cosmic-ray: a comparison, a constant off by one, a statement left out.</summary>
/// <param name="Kind"><c>comparison</c>, <c>arithmetic</c>, <c>boolean</c>, <c>constant</c>, <c>slice</c>, <c>loop</c>, <c>condition</c>, <c>return</c>, <c>name</c> or <c>deletion</c>.</param>
/// <param name="Program">The whole program.</param>
internal sealed record Mutant(string Kind, string Program)
{
    /// <summary>Makes mutants. The program is parsed in the jail and nowhere else, since its text may be hostile.</summary>
    /// <param name="sandbox">The jail.</param>
    /// <param name="program">The program.</param>
    /// <param name="most">How many at most: spread evenly over its text where there are more.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>The mutants in the order of the text; none of a program that Python cannot read.</returns>
    public static async Task<IReadOnlyList<Mutant>> OfAsync(ISandbox sandbox, string program, int most, CancellationToken cancellation)
    {
        Call call = new([new TypedValue.Str(program), new TypedValue.Int(most)]);
        ExecutionResult made = await sandbox.RunAsync(new(PythonScript.Mutants, "mutants", [call], Limits.Default), cancellation).ConfigureAwait(false);
        return made.Calls is [{ Value: TypedValue.List(var items) }]
            ? [.. items.Cast<TypedValue.Tuple>().Select(one => new Mutant(((TypedValue.Str)one.Items[0]).Value, ((TypedValue.Str)one.Items[1]).Value))]
            : [];
    }
}
