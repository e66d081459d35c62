namespace Plum.Torch.Training;

/// <summary>What preference training goes through, with what the reference says about it.</summary>
/// <param name="Groups">What is learnt, prompt by prompt.</param>
/// <param name="Reference">log p of their completions' tokens under the reference, group by group.</param>
/// <param name="Mismatched">For KTO's divergence each prompt with completions of others; empty where the objective does not ask for it.</param>
/// <param name="MismatchedReference">log p of those under the reference.</param>
public sealed record PreferenceData(
    IReadOnlyList<PreferenceGroup> Groups, float[][] Reference, IReadOnlyList<CompletionGroup> Mismatched, float[][] MismatchedReference)
{
    /// <summary>Scores groups, and makes what KTO's divergence is estimated on.</summary>
    /// <param name="groups">What is learnt.</param>
    /// <param name="objective">Says whether a divergence is wanted.</param>
    /// <param name="rotate">Whether completions are paired as TRL pairs them; see <see cref="Rounds.TrainingOptions.KlPairing"/>.</param>
    /// <param name="groupsPerStep">Prompts of a step: the rotation stays among so many.</param>
    /// <param name="key">Keys the draws.</param>
    /// <param name="score">log p of completion tokens under the reference.</param>
    public static PreferenceData Of(
        IReadOnlyList<PreferenceGroup> groups, Objective objective, bool rotate, int groupsPerStep, DrawKey key,
        Func<IReadOnlyList<CompletionGroup>, float[][]> score)
    {
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(score);
        CompletionGroup[] mismatched = !objective.NeedsKl ? [] : rotate ? Rotate(groups, groupsPerStep) : Mismatch(groups, key);
        return new(groups, score([.. groups.Select(g => g.Tokens)]), mismatched, mismatched.Length == 0 ? [] : score(mismatched));
    }

    /// <summary>Gives every prompt one completion of another prompt.</summary>
    private static CompletionGroup[] Mismatch(IReadOnlyList<PreferenceGroup> groups, DrawKey key)
    {
        RandomStream draws = (key with { Purpose = key.Purpose + "/mismatch" }).Open();
        return [.. groups.Select((group, i) =>
        {
            int other = groups.Count == 1 ? 0 : (i + 1 + draws.NextInt32(groups.Count - 1)) % groups.Count;
            IReadOnlyList<LabelledTokens> theirs = groups[other].Completions;
            return new CompletionGroup(group.Prompt, [theirs[draws.NextInt32(theirs.Count)].Tokens]);
        })];
    }

    /// <summary>TRL's pairs (x1, yn), (x2, y1), ...: completion for completion, among the rows of one batch in the order of the file.</summary>
    private static CompletionGroup[] Rotate(IReadOnlyList<PreferenceGroup> groups, int groupsPerStep) =>
        [.. groups.Chunk(groupsPerStep).SelectMany(batch =>
        {
            int[][] rows = [.. batch.SelectMany(g => g.Completions).Select(c => c.Tokens)];
            int row = 0;
            return batch.Select(g => new CompletionGroup(g.Prompt, [.. g.Completions.Select(_ => rows[(row++ + rows.Length - 1) % rows.Length])])).ToArray();
        })];
}
