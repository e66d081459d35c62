namespace Plum.Preferences;

/// <summary>How verdicts become training data.</summary>
/// <param name="PairsPerInstruction">The most pairs of an instruction.</param>
/// <param name="PassingPerInstruction">The most completions labelled true of an instruction.</param>
/// <param name="FailingPerInstruction">The most completions labelled false of an instruction.</param>
/// <param name="SyntaxShare">The most that programs which do not parse may be of the rejected, and of those labelled false, in [0, 1].
/// The paper's ablation: as the only negatives they do not help and may hurt.</param>
/// <param name="KeepTruncated">Whether a program that passes may teach though its completion ran into the token limit:
/// such a completion never shows how to end.</param>
/// <param name="SkipSolved">Whether the passing completions of an instruction whose every program passes are left out of what
/// likelihood is taught: the policy is sure of them already, and time goes to those it may still get wrong.</param>
/// <param name="FractionMargin">0 for the paper's pairs, a program that passes all tests against one that fails any. Above 0, up to 1: any two
/// programs of which one passes so much more of the tests, so that an instruction that nobody solves teaches, too. Labels stay the paper's.</param>
/// <param name="NearMisses">Whether the most similar pairs come first where an instruction has more than it may give: what such
/// a pair differs in is where the error is. Otherwise they are drawn by lot.</param>
public sealed record PreferenceOptions(
    int PairsPerInstruction = 8,
    int PassingPerInstruction = 8,
    int FailingPerInstruction = 8,
    double SyntaxShare = 0.25,
    bool KeepTruncated = false,
    bool SkipSolved = false,
    double FractionMargin = 0,
    bool NearMisses = true)
{
    /// <summary>These options, if they can be used.</summary>
    /// <exception cref="InputException">One is out of its range; the message names it.</exception>
    internal PreferenceOptions Checked()
    {
        string? fault =
            PairsPerInstruction < 0 || PassingPerInstruction < 0 || FailingPerInstruction < 0 ? "what an instruction may give is at least 0"
            : SyntaxShare is not (>= 0 and <= 1) ? "syntax_share is from 0 to 1"
            : FractionMargin is not (>= 0 and <= 1) ? "fraction_margin is from 0, for all tests against any failed, to 1"
            : null;
        return fault is null ? this : throw new InputException($"preferences: {fault}: correct the recipe");
    }
}
