namespace Plum.Preferences;

/// <summary>What became of a round's candidates.</summary>
/// <param name="Candidates">All of them.</param>
/// <param name="PassRate">The share of the judged candidates that pass.</param>
/// <param name="DistinctPrograms">Programs that differ in their syntax tree (in their text where they do not parse), per instruction.</param>
/// <param name="InstructionsWithBoth">Instructions with passing and failing programs: without a margin only they give pairs.</param>
/// <param name="InstructionsAllPassing">Instructions all of whose judged programs pass.</param>
/// <param name="InstructionsAllFailing">Instructions all of whose judged programs fail.</param>
/// <param name="Pairs">Pairs made.</param>
/// <param name="LabelledTrue">Completions labelled true; rejection-sampling fine-tuning takes the same.</param>
/// <param name="LabelledFalse">Completions labelled false.</param>
/// <param name="MeanSimilarity">The pairs' mean similarity; 0 without pairs.</param>
/// <param name="LengthUnit"><c>tokens</c>, or <c>characters</c> where the model does not tell its tokens.</param>
/// <param name="MeanLengthChosen">Mean length of the chosen; 0 without pairs.</param>
/// <param name="MeanLengthRejected">Mean length of the rejected: much more or less than that of the chosen teaches length.</param>
/// <param name="MeanLengthTrue">Mean length of those labelled true.</param>
/// <param name="MeanLengthFalse">Mean length of those labelled false.</param>
/// <param name="Dropped">What was left out, by reason; see <see cref="DropReasons"/>.</param>
public sealed record PreferenceFigures(
    int Candidates,
    double PassRate,
    int DistinctPrograms,
    int InstructionsWithBoth,
    int InstructionsAllPassing,
    int InstructionsAllFailing,
    int Pairs,
    int LabelledTrue,
    int LabelledFalse,
    double MeanSimilarity,
    string LengthUnit,
    double MeanLengthChosen,
    double MeanLengthRejected,
    double MeanLengthTrue,
    double MeanLengthFalse,
    IReadOnlyDictionary<string, int> Dropped);
