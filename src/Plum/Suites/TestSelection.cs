using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>
/// Which of the good tests make the suite: greedily, the next is the one that catches most wrong programs not caught yet
/// (set cover), then one that expects an answer not expected yet, then one that catches most, then the most agreed upon.
/// </summary>
internal static class TestSelection
{
    /// <summary>Chooses at most so many tests; they stand in the order in which they were chosen.</summary>
    /// <param name="votes">The good tests.</param>
    /// <param name="runs">The programs to tell apart: references, and mutants of the best one.</param>
    /// <param name="most">How many.</param>
    public static List<InputVote> Choose(IReadOnlyList<InputVote> votes, IReadOnlyList<ReferenceRun> runs, int most)
    {
        List<InputVote> rest = [.. votes], chosen = [];
        List<ReferenceRun> uncaught = [.. runs.Where(run => run.Votes && votes.Any(vote => vote.Kills(run)))];
        Dictionary<InputVote, int> catches = votes.ToDictionary(vote => vote, vote => uncaught.Count(vote.Kills));
        HashSet<TypedValue> expected = [];
        while (chosen.Count < most && rest.Count > 0)
        {
            InputVote next = rest
                .OrderByDescending(vote => uncaught.Count(vote.Kills))
                .ThenByDescending(vote => !expected.Contains(vote.Expected!))
                .ThenByDescending(vote => catches[vote])
                .ThenByDescending(vote => vote.Agreement)
                .ThenBy(vote => vote.Input)
                .First();
            rest.Remove(next);
            chosen.Add(next);
            uncaught.RemoveAll(next.Kills);
            expected.Add(next.Expected!);
        }

        return chosen;
    }
}
