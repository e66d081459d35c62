namespace Plum.Torch.Training;

/// <summary>A prompt and completions of it, which share the prompt's computation in training.</summary>
/// <param name="Prompt">The prompt's token ids, at least one.</param>
/// <param name="Completions">Token ids of each completion, each at least one, the end token included where it was emitted.</param>
public sealed record CompletionGroup(int[] Prompt, IReadOnlyList<int[]> Completions)
{
    /// <summary>Tokens that a forward pass over the group computes.</summary>
    public int Tokens => Prompt.Length + Completions.Sum(c => c.Length);
}
