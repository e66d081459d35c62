namespace Plum.Preferences;

/// <summary>Why something was left out of the training data.</summary>
public static class DropReasons
{
    /// <summary>A candidate without a verdict: its instruction has no suite.</summary>
    public const string NoVerdict = "no_verdict";

    /// <summary>A candidate that the sandbox could not judge.</summary>
    public const string Undecided = "undecided";

    /// <summary>A candidate whose program another sample of the instruction has as well.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>A candidate whose program passed in one sample and failed in another: it is not deterministic.</summary>
    public const string Contradictory = "contradictory";

    /// <summary>A program that passes in a completion that ran into the token limit.</summary>
    public const string Truncated = "truncated";

    /// <summary>A program beyond the labels that an instruction may give.</summary>
    public const string LabelCap = "label_cap";

    /// <summary>A failing program that does not parse, beyond its share of the labels.</summary>
    public const string LabelSyntaxShare = "label_syntax_share";

    /// <summary>Two programs that pass different shares of the tests, but by less than the margin asked for.</summary>
    public const string PairMargin = "pair_margin";

    /// <summary>A possible pair beyond those that an instruction may give.</summary>
    public const string PairCap = "pair_cap";

    /// <summary>A pair whose rejected program does not parse, beyond its share of the pairs.</summary>
    public const string PairSyntaxShare = "pair_syntax_share";
}
