namespace Plum;

/// <summary>
/// Two completions of one prompt, one better: a line that TRL's DPO trainer loads unchanged (it drops the further columns).
/// The tokens are those the policy emitted, so that training never has to encode a text again, which may give other tokens.
/// </summary>
/// <param name="Prompt">The rendered prompt, special tokens included.</param>
/// <param name="Chosen">The completion that passed, as the policy emitted it.</param>
/// <param name="Rejected">The completion that failed, as the policy emitted it.</param>
/// <param name="TaskId">The instruction both belong to.</param>
/// <param name="ChosenSample">The chosen candidate's sample number; with the task and the round it leads back to the trace.</param>
/// <param name="RejectedSample">The rejected candidate's sample number.</param>
/// <param name="Similarity">The common prefix and suffix as a share of the longer completion, in [0, 1].</param>
/// <param name="ChosenTokens">The chosen completion's tokens, end token included; null where the model does not tell.</param>
/// <param name="RejectedTokens">The rejected completion's tokens, end token included; null where the model does not tell.</param>
public sealed record PreferencePair(
    string Prompt,
    string Chosen,
    string Rejected,
    string TaskId,
    int ChosenSample = 0,
    int RejectedSample = 0,
    double Similarity = 0,
    IReadOnlyList<int>? ChosenTokens = null,
    IReadOnlyList<int>? RejectedTokens = null);

/// <summary>A completion and whether it passed: a line that TRL's KTO trainer loads unchanged.</summary>
/// <param name="Prompt">The rendered prompt, special tokens included.</param>
/// <param name="Completion">The completion, as the policy emitted it.</param>
/// <param name="Label">True where every test passed.</param>
/// <param name="TaskId">The instruction it belongs to.</param>
/// <param name="Sample">The candidate's sample number.</param>
/// <param name="Count">How many of the samples were this program.</param>
/// <param name="CompletionTokens">The completion's tokens, end token included; null where the model does not tell.</param>
public sealed record LabelledCompletion(
    string Prompt,
    string Completion,
    bool Label,
    string TaskId,
    int Sample = 0,
    int Count = 1,
    IReadOnlyList<int>? CompletionTokens = null);

/// <summary>A completion that passed, for rejection-sampling fine-tuning: a line that TRL's SFT trainer loads unchanged.</summary>
/// <param name="Prompt">The rendered prompt, special tokens included.</param>
/// <param name="Completion">The completion, as the policy emitted it.</param>
/// <param name="TaskId">The instruction it belongs to.</param>
/// <param name="Sample">The candidate's sample number.</param>
/// <param name="Count">How many of the samples were this program.</param>
/// <param name="CompletionTokens">The completion's tokens, end token included; null where the model does not tell.</param>
public sealed record PassingCompletion(
    string Prompt,
    string Completion,
    string TaskId,
    int Sample = 0,
    int Count = 1,
    IReadOnlyList<int>? CompletionTokens = null);
