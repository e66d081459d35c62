using Plum.Rounds;

namespace Plum.Torch.Training;

/// <summary>Puts what was learnt of one prompt together, so that its completions share the prompt's computation.</summary>
internal static class PreferenceGroups
{
    /// <summary>Groups a task's pairs, labels and passing completions by prompt, in the order in which prompts first occur.</summary>
    public static IEnumerable<PreferenceGroup> Of(TrainingTask task, Func<string, int[]> encode)
    {
        OrderedDictionary<string, Builder> builders = [];
        Builder At(string prompt)
        {
            if (!builders.TryGetValue(prompt, out Builder? builder))
                builders.Add(prompt, builder = new Builder());
            return builder;
        }

        if (task.Options.LearnsFromPairs)
        {
            foreach (PreferencePair pair in task.Pairs)
            {
                Builder builder = At(pair.Prompt);
                builder.Pairs.Add((
                    builder.Add(pair.ChosenTokens ?? encode(pair.Chosen), true),
                    builder.Add(pair.RejectedTokens ?? encode(pair.Rejected), false)));
            }
        }
        else if (task.Options.Method != "rft")
        {
            foreach (LabelledCompletion labelled in task.Labels)
                At(labelled.Prompt).Add(labelled.CompletionTokens ?? encode(labelled.Completion), labelled.Label);
        }

        if (task.Options.Method == "rft" || task.Options.Alpha > 0)
        {
            foreach (PassingCompletion passing in task.Passing)
                At(passing.Prompt).Add(passing.CompletionTokens ?? encode(passing.Completion), true);
        }

        return builders.Select(b => new PreferenceGroup(encode(b.Key), [.. b.Value.Completions], [.. b.Value.Pairs]));
    }

    private sealed class Builder
    {
        public List<LabelledTokens> Completions { get; } = [];

        public List<(int Chosen, int Rejected)> Pairs { get; } = [];

        /// <summary>The completion's number; equal ones are one.</summary>
        public int Add(IReadOnlyList<int> tokens, bool label)
        {
            int known = Completions.FindIndex(c => c.Label == label && c.Tokens.AsSpan().SequenceEqual([.. tokens]));
            if (known >= 0)
                return known;
            Completions.Add(new LabelledTokens([.. tokens], label));
            return Completions.Count - 1;
        }
    }
}
