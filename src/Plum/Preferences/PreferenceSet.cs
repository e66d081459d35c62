namespace Plum.Preferences;

/// <summary>The three views of a round's verdicts that trainers take, each in the order of the instructions.</summary>
/// <param name="Pairs">For DPO and its kin, from instructions with both kinds of programs.</param>
/// <param name="Labels">For KTO and its kin, from all instructions.</param>
/// <param name="Passing">For rejection-sampling fine-tuning.</param>
/// <param name="Figures">Counts, lengths, and what was left out.</param>
public sealed record PreferenceSet(
    IReadOnlyList<PreferencePair> Pairs,
    IReadOnlyList<LabelledCompletion> Labels,
    IReadOnlyList<PassingCompletion> Passing,
    PreferenceFigures Figures);
