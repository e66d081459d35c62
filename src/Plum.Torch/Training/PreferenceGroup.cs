namespace Plum.Torch.Training;

/// <summary>A completion with its judgement.</summary>
/// <param name="Tokens">Token ids as the policy emitted them.</param>
/// <param name="Label">True where every test passed.</param>
/// <param name="Weight">How much it counts; 1 by default.</param>
public sealed record LabelledTokens(int[] Tokens, bool Label, double Weight = 1);

/// <summary>What is learnt from one prompt.</summary>
/// <param name="Prompt">The prompt's token ids.</param>
/// <param name="Completions">Its judged completions.</param>
/// <param name="Pairs">Indices of chosen and rejected completions.</param>
public sealed record PreferenceGroup(int[] Prompt, IReadOnlyList<LabelledTokens> Completions, IReadOnlyList<(int Chosen, int Rejected)> Pairs)
{
    /// <summary>The tokens alone.</summary>
    public CompletionGroup Tokens { get; } = new(Prompt, [.. Completions.Select(c => c.Tokens)]);
}
