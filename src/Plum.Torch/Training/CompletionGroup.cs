namespace Plum.Torch.Training;

/// <summary>A prompt and completions of it, which share the computation of the prompt and of whatever they begin with alike.</summary>
/// <param name="Prompt">The prompt's token ids, at least one.</param>
/// <param name="Completions">Token ids of each completion, each at least one, the end token included where it was emitted.</param>
public sealed record CompletionGroup(int[] Prompt, IReadOnlyList<int[]> Completions)
{
    /// <summary>The completions' common beginnings.</summary>
    internal PrefixTree Tree { get; } = new(Completions);

    /// <summary>Tokens that a forward pass over the group computes: none after which nothing is predicted.</summary>
    public int Tokens => Prompt.Length + Tree.Inner.Count;

    /// <summary>Tokens that are predicted, those of common beginnings counted once.</summary>
    public int Targets => Tree.Count;
}
