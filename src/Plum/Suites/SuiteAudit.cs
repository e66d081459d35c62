using Plum.Sandboxes;
using Plum.Text;

namespace Plum.Suites;

/// <summary>
/// Measures kept suites by mutants of their best references, and by what they reach of them. A mutant that gives the same
/// answers on all inputs is equivalent: on the suite's own, on those that the filter dropped, and on variations of both.
/// </summary>
/// <param name="sandbox">Where programs run.</param>
public sealed class SuiteAudit(ISandbox sandbox)
{
    /// <summary>Mutants of a reference, at most.</summary>
    public const int MostMutants = 30;

    /// <summary>Variations of a suite's inputs that mutants are tried on beside them.</summary>
    public const int Variations = 40;

    /// <summary>Draws suites to measure.</summary>
    /// <param name="suites">All of them.</param>
    /// <param name="seed">Decides which.</param>
    /// <param name="count">How many kept ones.</param>
    public static IReadOnlyList<TestSuite> Draw(IEnumerable<TestSuite> suites, ulong seed, int count) =>
        [.. suites.Where(suite => suite.DropReason is null).OrderBy(suite => new DrawKey(seed, 0, "audit", suite.InstructionId).StreamSeed()).Take(count)];

    /// <summary>Measures.</summary>
    /// <param name="suites">Kept suites with cases and references.</param>
    /// <param name="seed">Decides how inputs are varied.</param>
    /// <param name="cancellation">Stops.</param>
    public async Task<SuiteQuality> MeasureAsync(IEnumerable<TestSuite> suites, ulong seed, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(suites);
        int measured = 0, mutants = 0, killed = 0, equivalent = 0, lines = 0, reached = 0, branches = 0, taken = 0;
        await foreach (Found? found in suites.SelectParallel(Math.Max(1, sandbox.Parallelism), (suite, stop) => MeasureAsync(suite, seed, stop), cancellation).ConfigureAwait(false))
        {
            if (found is null) continue;
            measured++;
            killed += found.Killed;
            mutants += found.Killed + found.Alive;
            equivalent += found.Equivalent;
            if (found.Coverage is not { } coverage) continue;
            lines += coverage.Lines;
            reached += coverage.LinesReached;
            branches += coverage.Branches;
            taken += coverage.BranchesTaken;
        }

        return new(measured, mutants, killed, equivalent, Share(reached, lines), Share(taken, branches));
    }

    private static double Share(int part, int whole) => whole > 0 ? (double)part / whole : 0;

    private async Task<Found?> MeasureAsync(TestSuite suite, ulong seed, CancellationToken cancellation)
    {
        if (suite.References is not { Count: > 0 } references || suite.Cases.Count == 0) return null;
        string reference = references[0];
        Call[] own = [.. suite.Cases.Select(test => Call.Parse(test.Arguments))];
        IReadOnlyList<Call> others = Others(suite, own, seed);
        ExecutionResult right = await RunAsync(suite, reference, [.. own, .. others], null, cancellation).ConfigureAwait(false);
        TypedValue[] expected = [.. suite.Cases.Select(test => PythonLiteral.Parse(test.Expected))];
        if (right.Calls.Count < own.Length || !expected.Index().All(one => one.Item.Equals(right.Calls[one.Index].Value))) return null;
        Coverage? coverage = await Coverage.MeasureAsync(sandbox, reference, suite.EntryPoint, own, cancellation).ConfigureAwait(false);
        // On what the reference cannot answer no mutant can be told from it.
        (Call Call, TypedValue Answer)[] further = [.. others.Zip(right.Calls.Skip(own.Length)).Where(one => one.Second.Value is { } value && value.Equals(value)).Select(one => (one.First, one.Second.Value!))];
        int killed = 0, alive = 0, equivalent = 0;
        foreach (Mutant mutant in await Mutant.OfAsync(sandbox, reference, MostMutants, cancellation).ConfigureAwait(false))
        {
            if (await DiffersAsync(suite, mutant.Program, own, expected, cancellation).ConfigureAwait(false)) killed++;
            else if (await DiffersAsync(suite, mutant.Program, [.. further.Select(one => one.Call)], [.. further.Select(one => one.Answer)], cancellation).ConfigureAwait(false)) alive++;
            else equivalent++;
        }

        return new(killed, alive, equivalent, coverage);
    }

    // Inputs that were dropped for their length are cut in the record and no calls any more.
    private static Call[] Others(TestSuite suite, Call[] own, ulong seed)
    {
        List<Call> known = [.. own];
        HashSet<string> texts = [.. own.Select(call => call.ToString())];
        foreach (DroppedTest dropped in suite.Dropped ?? [])
        {
            try
            {
                Call call = Call.Parse(dropped.Arguments);
                if (texts.Add(call.ToString())) known.Add(call);
            }
            catch (FormatException)
            {
            }
        }

        return [.. known.Skip(own.Length), .. new InputVariation(known, suite.References).Make(Variations, new DrawKey(seed, 0, "audit inputs", suite.InstructionId).Open())];
    }

    private async Task<bool> DiffersAsync(TestSuite suite, string program, Call[] calls, TypedValue[] expected, CancellationToken cancellation)
    {
        if (calls.Length == 0) return false;
        ExecutionResult result = await RunAsync(suite, program, calls, (at, call) => expected[at].Equals(call.Value), cancellation).ConfigureAwait(false);
        return result.Status != ExecutionStatus.SandboxError && (result.Calls.Count < calls.Length || !expected.Index().All(one => one.Item.Equals(result.Calls[one.Index].Value)));
    }

    private Task<ExecutionResult> RunAsync(TestSuite suite, string program, IReadOnlyList<Call> calls, Func<int, CallResult, bool>? goesOn, CancellationToken cancellation) => sandbox.RunAsync(
        new(program, suite.EntryPoint, calls, Limits.FromReference(suite.ReferenceCpuMilliseconds ?? 0), StopAtFirstFailure: goesOn is not null, goesOn), cancellation);

    private sealed record Found(int Killed, int Alive, int Equivalent, Coverage? Coverage);
}
