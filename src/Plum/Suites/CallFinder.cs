namespace Plum.Suites;

/// <summary>
/// Finds every call of the entry point in a text, wherever it stands: in a list, a fence, an assertion, a doctest or a print. What
/// else the text says is passed over. A teacher may write anything: no call is read further than <see cref="FoundCall.Longest"/>, so
/// that the work is bounded by the text's length.
/// </summary>
internal static class CallFinder
{
    // What a teacher writes beyond this is not read: some 50,000 tokens.
    private const int MostText = 200_000;

    /// <summary>The calls, in order.</summary>
    /// <param name="text">A teacher's answer.</param>
    /// <param name="entryPoint">The function.</param>
    /// <param name="options">How long they may be.</param>
    public static IEnumerable<FoundCall> Find(string text, string entryPoint, SuiteOptions options) => Calls(text, entryPoint, FoundCall.Longest(options), claims: false);

    /// <summary>The calls with what the text claims of them.</summary>
    /// <param name="text">A teacher's answer.</param>
    /// <param name="entryPoint">The function.</param>
    /// <param name="options">How long they may be.</param>
    public static IEnumerable<FoundCall> FindClaims(string text, string entryPoint, SuiteOptions options) => Calls(text, entryPoint, FoundCall.Longest(options), claims: true);

    private static IEnumerable<FoundCall> Calls(string text, string entryPoint, int longest, bool claims)
    {
        if (text.Length > MostText) text = text[..MostText];
        string opening = entryPoint + "(";
        for (int at = 0; (at = text.IndexOf(opening, at, StringComparison.Ordinal)) >= 0;)
        {
            int name = at, start = at + opening.Length;
            bool whole = at == 0 || !(char.IsLetterOrDigit(text[at - 1]) || text[at - 1] is '_' or '.');
            bool definition = text.AsSpan(0, at).TrimEnd(' ').EndsWith("def", StringComparison.Ordinal);
            int end = whole && !definition ? ClosingParenthesis(text, start, longest) : -1;
            if (end >= 0) yield return new(text[start..end].Trim(), claims ? Claims.About(text, entryPoint, name, Math.Min(end + 1, text.Length), longest) : null);
            at = end >= 0 ? end : start;
        }
    }

    // -1 where the text ends first, as it does when the teacher ran out of tokens: half a call is not a proposal.
    private static int ClosingParenthesis(string text, int at, int longest)
    {
        char quote = '\0';
        int start = at;
        for (int depth = 0; at < text.Length; at++)
        {
            // Told as it stands: too long.
            if (at - start > longest) return at;
            char symbol = text[at];
            if (quote != '\0')
            {
                if (symbol == '\\') at++;
                else if (symbol == quote || symbol == '\n') quote = '\0';
            }
            else if (symbol is '\'' or '"')
            {
                quote = symbol;
            }
            else if (symbol is '(' or '[' or '{')
            {
                depth++;
            }
            else if (symbol is ')' or ']' or '}' && depth-- == 0)
            {
                return symbol == ')' ? at : -1;
            }
        }

        return -1;
    }
}
