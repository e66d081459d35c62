using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>A call of the entry point that stands in a teacher's answer.</summary>
/// <param name="Arguments">Its arguments as they stand between the parentheses; longer than <see cref="Longest"/> where they did not end there.</param>
/// <param name="Claim">What the answer says has to come of it; null where it does not, or not in words that are understood.</param>
internal sealed record FoundCall(string Arguments, Expectation? Claim)
{
    /// <summary>How far a call, and what is said of it, is read: spellings are longer than values, but not for ever.</summary>
    /// <param name="options">How long values may be.</param>
    public static int Longest(SuiteOptions options) => 4 * options.MaxLength;

    /// <summary>The call; null where its arguments are no literals, or are too long to be read.</summary>
    /// <param name="options">How long values may be.</param>
    public Call? Parse(SuiteOptions options)
    {
        try
        {
            return Arguments.Length > Longest(options) ? null : Call.Parse(Arguments);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
