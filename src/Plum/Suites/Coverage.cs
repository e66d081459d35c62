using System.Numerics;
using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>How much of a reference a suite's calls reach.</summary>
/// <param name="Lines">Lines of functions that begin a statement.</param>
/// <param name="LinesReached">... that were run.</param>
/// <param name="Branches">Outcomes of conditions: two for each <c>if</c>, <c>while</c>, conditional expression and filter of a comprehension.</param>
/// <param name="BranchesTaken">... that were seen.</param>
internal sealed record Coverage(int Lines, int LinesReached, int Branches, int BranchesTaken)
{
    /// <summary>Measures, in the program's own process: what it says is a figure for people, and no verdict follows from it.</summary>
    /// <param name="sandbox">The jail.</param>
    /// <param name="program">The reference.</param>
    /// <param name="entryPoint">The function that is called.</param>
    /// <param name="calls">The suite's calls.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>Null where the program could not be measured.</returns>
    public static async Task<Coverage?> MeasureAsync(ISandbox sandbox, string program, string entryPoint, IEnumerable<Call> calls, CancellationToken cancellation)
    {
        TypedValue.List made = new([.. calls.Select(call => new TypedValue.Tuple(
        [
            new TypedValue.List([.. call.Positional]),
            new TypedValue.Dict([.. call.Keywords.Select(keyword => KeyValuePair.Create<TypedValue, TypedValue>(new TypedValue.Str(keyword.Key), keyword.Value))]),
        ]))]);
        Call call = new([new TypedValue.Str(program), new TypedValue.Str(entryPoint), made]);
        ExecutionResult result = await sandbox.RunAsync(new(PythonScript.Coverage, "coverage", [call], Limits.Default), cancellation).ConfigureAwait(false);
        return result.Calls is [{ Value: TypedValue.Tuple { Items: [TypedValue.Int(var lines), TypedValue.Int(var reached), TypedValue.Int(var branches), TypedValue.Int(var taken)] } }]
            ? new(Share(lines), Share(reached), Share(branches), Share(taken))
            : null;

        // The program may have lied: a figure is kept within what an int holds.
        static int Share(BigInteger count) => (int)BigInteger.Clamp(count, 0, 1_000_000);
    }
}
