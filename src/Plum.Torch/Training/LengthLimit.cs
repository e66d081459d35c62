namespace Plum.Torch.Training;

/// <summary>The most tokens of a prompt with a completion, as TRL's trainers take <c>max_length</c>: the beginning stays.</summary>
/// <param name="most">The limit; 0 for none.</param>
internal sealed class LengthLimit(int most)
{
    /// <summary>Completions that were cut.</summary>
    public int Shortened { get; private set; }

    /// <summary>Completions that were left out: no token of them fits behind their prompt.</summary>
    public int TooLong { get; private set; }

    /// <summary>The groups as far as they fit.</summary>
    public IEnumerable<PreferenceGroup> Apply(IEnumerable<PreferenceGroup> groups)
    {
        foreach (PreferenceGroup group in groups)
        {
            int room = most == 0 ? int.MaxValue : most - group.Prompt.Length;
            if (room <= 0)
            {
                TooLong += group.Completions.Count;
                continue;
            }

            int longer = group.Completions.Count(completion => completion.Tokens.Length > room);
            Shortened += longer;
            yield return longer == 0 ? group
                : new(group.Prompt, [.. group.Completions.Select(completion => completion.Tokens.Length > room ? completion with { Tokens = completion.Tokens[..room] } : completion)], group.Pairs);
        }
    }
}
