using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>
/// Looks for programs that may be wrong and pass all tests so far: references that differ from the best one where no test is, because
/// the others do not agree there either, and, with <see cref="SuiteOptions.Mutants"/>, mutants of the best one.
/// </summary>
/// <param name="trials">Makes and runs mutants.</param>
/// <param name="options">What is enough, and how many are looked for.</param>
internal sealed class SurvivorSearch(SuiteTrials trials, SuiteOptions options)
{
    /// <summary>The lesson with its survivors.</summary>
    /// <param name="lesson">The lesson, executed.</param>
    /// <param name="cancellation">Stops the runs.</param>
    public async Task<Lesson> FindAsync(Lesson lesson, CancellationToken cancellation)
    {
        IReadOnlyList<InputVote> votes = lesson.Votes(options);
        InputVote[] tests = [.. votes.Where(vote => vote.DropReason is null)];
        ReferenceRun[] passing = [.. lesson.Runs.Where(run => run.Role == ReferenceRole.Reference && Survives(run)).OrderByDescending(run => run.Samples)];
        if (tests.Length == 0 || passing.Length == 0) return lesson;
        IReadOnlyList<Call> calls = lesson.Calls;
        IEnumerable<ReferenceRun> differing = passing.Skip(1).Where(run => Enumerable.Range(0, calls.Count).Any(input => !Equals(run.Returned(input), passing[0].Returned(input))));
        IReadOnlyList<ReferenceRun> mutants = await trials.MutantsAsync(lesson.Instruction.EntryPoint, calls, votes, lesson.Runs, cancellation).ConfigureAwait(false);
        return lesson with { Survivors = [.. differing.Concat(mutants.Where(Survives)).Select(run => run.Program).Take(options.Survivors)] };

        bool Survives(ReferenceRun run) => run.Votes && !Array.Exists(tests, test => test.Kills(run));
    }
}
