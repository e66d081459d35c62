using Plum.Sandboxes;

namespace Plum.Suites.Filters;

/// <summary>How the votes on one input fell: a reference has one for each sample that was it, a teacher's claim has
/// <see cref="SuiteOptions.ClaimWeight"/> for the answers of references.</summary>
internal sealed class AnswerCount
{
    private readonly Dictionary<TypedValue, double> answers = [];

    /// <summary>Counts.</summary>
    /// <param name="input">The input's index.</param>
    /// <param name="proposed">The call.</param>
    /// <param name="runs">The references.</param>
    /// <param name="options">What a claim weighs.</param>
    public AnswerCount(int input, ProposedCall proposed, IReadOnlyList<ReferenceRun> runs, SuiteOptions options)
    {
        Votes = options.ClaimWeight * proposed.Claims.Count;
        foreach (ReferenceRun run in runs.Where(run => run.VotesOn(input)))
        {
            Votes += run.Samples;
            if (run.Answer(input) is not { } answer) continue;
            Returned += run.Samples;
            if (!answers.TryGetValue(answer, out double count)) count = options.ClaimWeight * proposed.Supporting(answer);
            count = answers[answer] = count + run.Samples;
            if (count <= Most) continue;
            // Of answers with equal votes the first to have them stands, which only matters for the record.
            (Most, Favourite) = (count, answer);
        }
    }

    /// <summary>All the votes: a reference that raises votes too, against every answer.</summary>
    public double Votes { get; }

    /// <summary>The references' votes for any answer.</summary>
    public int Returned { get; }

    /// <summary>The votes for the most frequent answer.</summary>
    public double Most { get; }

    /// <summary>The most frequent answer; null where no reference returned.</summary>
    public TypedValue? Favourite { get; }

    /// <summary>An answer's share of the votes; 0 where there are none.</summary>
    /// <param name="answer">The answer; null for none.</param>
    public double Share(TypedValue? answer) => answer is null || Votes == 0 ? 0 : answers.GetValueOrDefault(answer) / Votes;
}
