namespace Plum.Suites;

/// <summary>Turns what is believed about the proposed inputs into a suite, or into the reason why there is none.</summary>
internal static class SuiteFilter
{
    // Measured times differ from run to run; limits made from powers of two of this do not.
    private const double ShortestCpuMilliseconds = 12.5;

    /// <summary>Filters.</summary>
    /// <param name="instruction">The instruction.</param>
    /// <param name="inputs">The proposed inputs.</param>
    /// <param name="votes">What is believed about each of them.</param>
    /// <param name="runs">The distinct references, in the order of their first samples.</param>
    /// <param name="mutants">Wrong programs to catch beside wrong references.</param>
    /// <param name="samples">How many references were asked for, programs or not; brute force does not count.</param>
    /// <param name="options">What is enough.</param>
    public static TestSuite Filter(
        Instruction instruction, ProposedInputs inputs, IReadOnlyList<InputVote> votes, IReadOnlyList<ReferenceRun> runs, IReadOnlyList<ReferenceRun> mutants,
        int samples, SuiteOptions options)
    {
        List<InputVote> good = [.. votes.Where(vote => vote.DropReason is null)];
        List<DroppedTest> dropped = [.. inputs.Dropped, .. votes.Where(vote => vote.DropReason is not null).Select(vote => Drop(vote, vote.DropReason!))];
        List<InputVote> kept = TestSelection.Choose(good, [.. runs, .. mutants], options.MaxTests);
        ReferenceRun[] consistent = [.. runs.Where(run => run.Votes && run.Role == ReferenceRole.Reference && !kept.Exists(vote => vote.Kills(run)))];
        int decided = samples - runs.Where(run => run.Undecided && run.Role == ReferenceRole.Reference).Sum(run => run.Samples);
        double consistency = (double)consistent.Sum(run => run.Samples) / decided;
        if ((ReasonAgainst(inputs, runs, good, options) ?? (consistency < options.MinConsistency ? SuiteReasons.Inconsistent : null)) is { } reason)
        {
            dropped.AddRange(good.Select(vote => Drop(vote, SuiteReasons.InstructionDropped)));
            return new(instruction.Id, instruction.EntryPoint, [], reason, dropped, Texts(runs, good));
        }

        dropped.AddRange(good.Except(kept).Select(vote => Drop(vote, SuiteReasons.Surplus)));
        // The test stays, with the references' answer: what falls is the teacher's claim.
        dropped.AddRange(kept.Where(vote => vote.Denied).Select(vote => Drop(vote, SuiteReasons.TeacherDisagrees)));
        return new(
            instruction.Id,
            instruction.EntryPoint,
            [.. kept.Select(vote => vote.Case)],
            null,
            dropped.Count > 0 ? dropped : null,
            Texts(runs, kept),
            CpuMilliseconds(consistent),
            consistency);
    }

    private static string? ReasonAgainst(ProposedInputs inputs, IReadOnlyList<ReferenceRun> runs, List<InputVote> good, SuiteOptions options)
    {
        if (inputs.Calls.Count > 0 && !runs.Any(run => run.Votes))
            return runs.Any(run => run.Undecided) ? SuiteReasons.Undecided : SuiteReasons.NoReference;
        if (good.Count < options.MinTests) return SuiteReasons.FewTests;
        return IsTrivial(good, inputs.Calls) ? SuiteReasons.Trivial : null;
    }

    private static bool IsTrivial(List<InputVote> good, IReadOnlyList<ProposedCall> calls)
    {
        if (good.TrueForAll(vote => vote.Expected!.Equals(good[0].Expected))) return true;
        int positions = good.Min(vote => calls[vote.Input].Call.Positional.Count);
        return Enumerable.Range(0, positions)
            .Any(position => good.TrueForAll(vote => vote.Expected!.Equals(calls[vote.Input].Call.Positional[position])));
    }

    /// <summary>The references, most agreed-with first.</summary>
    /// <param name="runs">The references.</param>
    /// <param name="tests">The tests.</param>
    public static IEnumerable<ReferenceRun> Ranked(IReadOnlyList<ReferenceRun> runs, IReadOnlyList<InputVote> tests) =>
        runs.OrderBy(run => tests.Count(test => test.Kills(run))).ThenByDescending(run => run.Votes).ThenByDescending(run => run.Samples);

    private static List<string> Texts(IReadOnlyList<ReferenceRun> runs, List<InputVote> tests) => [.. Ranked(runs, tests).Select(run => run.Program)];

    private static double? CpuMilliseconds(ReferenceRun[] consistent)
    {
        if (consistent.Length == 0) return null;
        double rounded = ShortestCpuMilliseconds;
        while (rounded < consistent.Max(run => run.Result.CpuMilliseconds)) rounded *= 2;
        return rounded;
    }

    private static DroppedTest Drop(InputVote vote, string reason) => new(vote.Arguments, reason, vote.Agreement);
}
