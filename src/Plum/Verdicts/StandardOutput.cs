using System.Globalization;

namespace Plum.Verdicts;

/// <summary>
/// Compares what a script printed with what it should have: white space at line ends and at the end of all is free, the
/// count of lines is not; a line that differs as text may still be equal number by number (LiveCodeBench's rule).
/// </summary>
public static class StandardOutput
{
    /// <summary>True where the output is the expected one.</summary>
    /// <param name="expected">What should have been printed.</param>
    /// <param name="got">What was.</param>
    public static bool Matches(string expected, string got)
    {
        string[] wanted = Lines(expected), printed = Lines(got);
        if (wanted.Length != printed.Length)
            return false;
        for (int at = 0; at < wanted.Length; at++)
            if (wanted[at] != printed[at] && !SameNumbers(wanted[at], printed[at]))
                return false;
        return true;
    }

    private static string[] Lines(string text) => [.. text.ReplaceLineEndings("\n").Trim().Split('\n').Select(line => line.Trim())];

    private static bool SameNumbers(string left, string right)
    {
        string[] lefts = left.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string[] rights = right.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return lefts.Length == rights.Length && lefts.Length > 0 && lefts.Zip(rights).All(pair =>
            decimal.TryParse(pair.First, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal first)
            && decimal.TryParse(pair.Second, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal second) && first == second);
    }
}
