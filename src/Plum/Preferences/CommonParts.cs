namespace Plum.Preferences;

/// <summary>
/// What two completions share at their beginning and end; between lies the differing span, where the error is
/// (Focused-DPO, arXiv 2502.11475, cuts pairs the same way).
/// </summary>
/// <param name="Prefix">Elements shared at the beginning.</param>
/// <param name="Suffix">Elements shared at the end, none counted twice.</param>
public readonly record struct CommonParts(int Prefix, int Suffix)
{
    /// <summary>Compares two sequences of tokens or characters.</summary>
    /// <param name="first">One.</param>
    /// <param name="second">The other.</param>
    public static CommonParts Of<T>(ReadOnlySpan<T> first, ReadOnlySpan<T> second)
        where T : IEquatable<T>
    {
        int prefix = first.CommonPrefixLength(second);
        int most = Math.Min(first.Length, second.Length) - prefix;
        int suffix = 0;
        while (suffix < most && first[^(suffix + 1)].Equals(second[^(suffix + 1)])) suffix++;
        return new(prefix, suffix);
    }

    /// <summary>(prefix + suffix) / the longer length, in [0, 1]; 1 for equal sequences.</summary>
    /// <param name="first">The one sequence's length.</param>
    /// <param name="second">The other's.</param>
    public double Similarity(int first, int second) =>
        Math.Max(first, second) is > 0 and int longer ? (Prefix + Suffix) / (double)longer : 1;
}
