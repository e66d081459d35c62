using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>What tests go through once their answers are believed: each trial is off unless the options ask for it.</summary>
/// <param name="sandbox">Where programs run.</param>
/// <param name="options">Which trials.</param>
internal sealed class SuiteTrials(ISandbox sandbox, SuiteOptions options)
{
    private const int OtherHashSeed = 1;

    /// <summary>The votes, those without an answer any more that a second look at the best reference speaks against.</summary>
    /// <param name="entryPoint">The function.</param>
    /// <param name="calls">All the inputs.</param>
    /// <param name="votes">What the filter says about each.</param>
    /// <param name="runs">The references.</param>
    /// <param name="cancellation">Stops.</param>
    public async Task<IReadOnlyList<InputVote>> LookAgainAsync(
        string entryPoint, IReadOnlyList<Call> calls, IReadOnlyList<InputVote> votes, IReadOnlyList<ReferenceRun> runs, CancellationToken cancellation)
    {
        if (options.DropFlaky) votes = await DropFlakyAsync(entryPoint, calls, votes, runs, cancellation).ConfigureAwait(false);
        return options.SlowShare > 0 ? await DropSlowAsync(entryPoint, calls, votes, runs, cancellation).ConfigureAwait(false) : votes;
    }

    /// <summary>Mutants of the best reference, and what they do on all inputs.</summary>
    /// <param name="entryPoint">The function.</param>
    /// <param name="calls">All the inputs.</param>
    /// <param name="votes">What is believed about each.</param>
    /// <param name="runs">The references.</param>
    /// <param name="cancellation">Stops.</param>
    public async Task<IReadOnlyList<ReferenceRun>> MutantsAsync(
        string entryPoint, IReadOnlyList<Call> calls, IReadOnlyList<InputVote> votes, IReadOnlyList<ReferenceRun> runs, CancellationToken cancellation)
    {
        if (options.Mutants == 0 || Best(votes, runs) is not { } best) return [];
        IReadOnlyList<Mutant> mutants = await Mutant.OfAsync(sandbox, best.Program, options.Mutants, cancellation).ConfigureAwait(false);
        return await Task.WhenAll(mutants.Select(mutant => RunAsync(new(mutant.Program, entryPoint, calls, LimitsOf(best)), cancellation))).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<InputVote>> DropFlakyAsync(
        string entryPoint, IReadOnlyList<Call> calls, IReadOnlyList<InputVote> votes, IReadOnlyList<ReferenceRun> runs, CancellationToken cancellation)
    {
        InputVote[] good = [.. votes.Where(vote => vote.DropReason is null).Reverse()];
        if (good.Length == 0 || Best(votes, runs) is not { } best) return votes;
        ReferenceRun again = await RunAsync(
            new(best.Program, entryPoint, [.. good.Select(vote => calls[vote.Input])], LimitsOf(best), HashSeed: OtherHashSeed), cancellation).ConfigureAwait(false);
        if (again.Undecided) return votes;
        HashSet<int> flaky = [.. good.Where((vote, at) => best.Answer(vote.Input) is { } answer && !answer.Equals(again.Answer(at))).Select(vote => vote.Input)];
        return [.. votes.Select(vote => flaky.Contains(vote.Input) ? vote with { Expected = null, DropReason = SuiteReasons.Flaky } : vote)];
    }

    // The sandbox tells the CPU time of whole runs: only where one could hold a slow test is each test run by itself.
    private async Task<IReadOnlyList<InputVote>> DropSlowAsync(
        string entryPoint, IReadOnlyList<Call> calls, IReadOnlyList<InputVote> votes, IReadOnlyList<ReferenceRun> runs, CancellationToken cancellation)
    {
        if (Best(votes, runs) is not { } best) return votes;
        double most = options.SlowShare * LimitsOf(best).CallCpuMilliseconds;
        if (best.Result.CpuMilliseconds <= most) return votes;
        return await Task.WhenAll(votes.Select(async vote =>
        {
            if (vote.DropReason is not null) return vote;
            ReferenceRun alone = await RunAsync(new(best.Program, entryPoint, [calls[vote.Input]], LimitsOf(best)), cancellation).ConfigureAwait(false);
            return alone.Undecided || alone.Result.CpuMilliseconds <= most ? vote : vote with { Expected = null, DropReason = SuiteReasons.Slow };
        })).ConfigureAwait(false);
    }

    private static ReferenceRun? Best(IReadOnlyList<InputVote> votes, IReadOnlyList<ReferenceRun> runs) =>
        SuiteFilter.Ranked(runs, [.. votes.Where(vote => vote.DropReason is null)]).FirstOrDefault(run => run.Votes);

    private Limits LimitsOf(ReferenceRun reference) =>
        2 * reference.Result.CpuMilliseconds <= ReferenceRunner.Short.CallCpuMilliseconds ? ReferenceRunner.Short : options.Limits ?? Limits.Default;

    private async Task<ReferenceRun> RunAsync(Execution execution, CancellationToken cancellation) =>
        new(execution.Program, 1, await sandbox.RunAsync(execution, cancellation).ConfigureAwait(false));
}
