using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>The calls that a teacher proposed for an instruction.</summary>
/// <param name="Calls">Distinct calls.</param>
/// <param name="Dropped">Proposals that are no test input, with their reasons.</param>
internal sealed record ProposedInputs(IReadOnlyList<ProposedCall> Calls, IReadOnlyList<DroppedTest> Dropped)
{
    private const int MostShown = 200;

    /// <summary>
    /// Finds every call of the entry point in some texts, wherever it stands: in a list, a fence, an assertion or a print. What
    /// else the texts say, expected results too, is passed over.
    /// </summary>
    /// <param name="texts">The teacher's completions.</param>
    /// <param name="entryPoint">The function.</param>
    /// <param name="options">How long and how many they may be.</param>
    public static ProposedInputs Read(IEnumerable<string> texts, string entryPoint, SuiteOptions options)
    {
        List<ProposedCall> calls = [];
        List<DroppedTest> dropped = [];
        HashSet<string> seen = [];
        foreach (string arguments in texts.SelectMany(text => ArgumentsIn(text, entryPoint)))
        {
            if (Parse(arguments) is not { } call)
            {
                dropped.Add(Drop(arguments, SuiteReasons.NotALiteral));
                continue;
            }

            string canonical = call.ToString();
            if (canonical.Length > options.MaxLength) dropped.Add(Drop(canonical, SuiteReasons.TooLarge));
            else if (!seen.Add(canonical)) dropped.Add(Drop(canonical, SuiteReasons.Duplicate));
            else if (calls.Count >= options.MaxInputs) dropped.Add(Drop(canonical, SuiteReasons.Surplus));
            else calls.Add(new(canonical, call, SuiteModes.Inputs, []));
        }

        return new(calls, dropped);
    }

    /// <summary>These, and variations of them.</summary>
    /// <param name="count">How many more.</param>
    /// <param name="programs">The references, whose numbers are bounds to try.</param>
    /// <param name="random">Decides which.</param>
    public ProposedInputs Varied(int count, IEnumerable<string> programs, RandomStream random) => count == 0
        ? this
        : this with { Calls = [.. Calls, .. new InputVariation([.. Calls.Select(input => input.Call)], programs).Make(count, random).Select(call => new ProposedCall(call.ToString(), call, SuiteModes.Varied, []))] };

    private static DroppedTest Drop(string arguments, string reason) =>
        new(arguments.Length > MostShown ? string.Concat(arguments.AsSpan(0, MostShown), "...") : arguments, reason, 0);

    private static Call? Parse(string arguments)
    {
        try
        {
            return Call.Parse(arguments);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static IEnumerable<string> ArgumentsIn(string text, string entryPoint)
    {
        string opening = entryPoint + "(";
        for (int at = 0; (at = text.IndexOf(opening, at, StringComparison.Ordinal)) >= 0;)
        {
            int start = at + opening.Length;
            bool whole = at == 0 || !(char.IsLetterOrDigit(text[at - 1]) || text[at - 1] is '_' or '.');
            bool definition = text.AsSpan(0, at).TrimEnd(' ').EndsWith("def", StringComparison.Ordinal);
            int end = whole && !definition ? ClosingParenthesis(text, start) : -1;
            if (end >= 0) yield return text[start..end].Trim();
            at = end >= 0 ? end : start;
        }
    }

    // -1 where the text ends first, as it does when the teacher ran out of tokens: half a call is not a proposal.
    private static int ClosingParenthesis(string text, int at)
    {
        char quote = '\0';
        for (int depth = 0; at < text.Length; at++)
        {
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
