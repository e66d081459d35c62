using Plum.Preferences;
using Plum.Text;

namespace Plum.Rounds;

/// <summary>Stage 2c on disk: <c>preferences.jsonl</c>, pairs or labels as the method wants them, and <c>passing.jsonl</c>.</summary>
public static class PreferenceStage
{
    /// <summary>Builds preferences from verdicts and writes both files anew.</summary>
    /// <param name="preferences">The file of pairs or labels.</param>
    /// <param name="passing">The file of passing completions.</param>
    /// <param name="candidates">The round's candidates.</param>
    /// <param name="verdicts">Their verdicts.</param>
    /// <param name="promptOf">The rendered prompt of an instruction, by its id.</param>
    /// <param name="options">The recipe.</param>
    /// <param name="training">How the preferences will be trained on; a control arm's differs from the recipe's.</param>
    /// <param name="round">From 1.</param>
    public static PreferenceSet Run(
        string preferences, string passing, IReadOnlyList<Candidate> candidates, IReadOnlyList<Verdict> verdicts, Func<string, string> promptOf,
        RunOptions options, TrainingOptions training, int round)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(training);
        PreferenceSet built = new PreferenceBuilder(options.Preferences ?? new()).Build(candidates, verdicts, promptOf, options.Seed, round);
        if (training.LearnsFromPairs)
            JsonLines.WriteAll(preferences, built.Pairs);
        else
            JsonLines.WriteAll(preferences, built.Labels);
        JsonLines.WriteAll(passing, built.Passing);
        return built;
    }
}
