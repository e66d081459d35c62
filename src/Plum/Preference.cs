namespace Plum;

/// <summary>Two completions of one prompt, one better: a line that TRL's DPO trainer loads unchanged.</summary>
/// <param name="Prompt">The rendered prompt, special tokens included.</param>
/// <param name="Chosen">The completion that passed, as the policy emitted it.</param>
/// <param name="Rejected">The completion that failed, as the policy emitted it.</param>
/// <param name="TaskId">The instruction both belong to.</param>
public sealed record PreferencePair(string Prompt, string Chosen, string Rejected, string TaskId);

/// <summary>A completion and whether it passed: a line that TRL's KTO trainer loads unchanged.</summary>
/// <param name="Prompt">The rendered prompt, special tokens included.</param>
/// <param name="Completion">The completion, as the policy emitted it.</param>
/// <param name="Label">True where every test passed.</param>
/// <param name="TaskId">The instruction it belongs to.</param>
public sealed record LabelledCompletion(string Prompt, string Completion, bool Label, string TaskId);
