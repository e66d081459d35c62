using System.Numerics;
using System.Text.RegularExpressions;
using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>
/// What a text says of a call that stands in it: by an assert, by unittest's assertions, behind an arrow or in a comment, or on the
/// line below it in a doctest. Only literals are understood; all else claims nothing.
/// </summary>
internal static partial class Claims
{
    /// <summary>The claim; null where there is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="entryPoint">The function.</param>
    /// <param name="name">Where the call's name begins.</param>
    /// <param name="end">Where the call ends, behind its parenthesis.</param>
    /// <param name="longest">How far is read, in characters.</param>
    public static Expectation? About(string text, string entryPoint, int name, int end, int longest)
    {
        int line = name == 0 ? 0 : text.LastIndexOf('\n', name - 1, Math.Min(name, longest)) + 1;
        if (name - line > longest) line = name - longest;
        string before = text[line..name], after = text[end..Math.Min(text.Length, end + longest)];
        if (Head().Match(before) is not { Success: true } head) return Told(before, after);
        // In a list of asserts as texts one ends where its quote does.
        if (head.Index > 0 && before[head.Index - 1] is ('"' or '\'') and var quote) after = BeforeQuote(after, quote);
        return head.Groups["unittest"] is { Success: true } assertion
            ? Unittest(assertion.Value, before[(head.Index + head.Length)..], after)
            : Assert(entryPoint, before[head.Index..], text[name..end], after);
    }

    private static Expectation? Assert(string entryPoint, string before, string call, string after)
    {
        if (AssertParser.ParseStart(entryPoint, before + call + after) is { } assert) return assert.Expectation;
        bool? truth = before.Trim() switch { "assert" => true, "assert not" => false, _ => null };
        return truth is { } told && Ends(after, 0) ? new Expectation.Equal(new TypedValue.Bool(told)) : null;
    }

    private static Expectation? Unittest(string assertion, string before, string after) => assertion switch
    {
        "assertTrue" when Closes(after) => new Expectation.Equal(new TypedValue.Bool(true)),
        "assertFalse" when Closes(after) => new Expectation.Equal(new TypedValue.Bool(false)),
        "assertIsNone" when Closes(after) => new Expectation.Is(TypedValue.None.Instance),
        // Seven places, where none are named: what lies further off than half of the last one differs.
        "assertAlmostEqual" when Other(before, after) is { } value && Number(value) is { } number && !after.Contains("places", StringComparison.Ordinal) && !after.Contains("delta", StringComparison.Ordinal) =>
            new Expectation.Close(number, 5e-8),
        "assertEqual" or "assertEquals" or "assertListEqual" or "assertTupleEqual" or "assertDictEqual" or "assertSetEqual" or "assertSequenceEqual" or "assertMultiLineEqual"
            when Other(before, after) is { } value => new Expectation.Equal(value),
        _ => null,
    };

    private static string BeforeQuote(string text, char quote)
    {
        int at = 0;
        while (at < text.Length && text[at] != quote) at += text[at] == '\\' ? 2 : 1;
        return text[..Math.Min(at, text.Length)];
    }

    private static bool Closes(string after) => after.AsSpan().TrimStart() is [')', ..] or [',', ..];

    /// <summary>The other argument of an assertion: the second, or the first where the call is the second.</summary>
    private static TypedValue? Other(string before, string after) => before.TrimEnd() switch
    {
        "" => after.TrimStart() is [',', ..] rest && Literal(rest, 1) is var (value, end) && Closes(rest[end..]) ? value : null,
        [.. var first, ','] when Closes(after) => Literal(first, 0) is var (value, end) && end == first.Length ? value : null,
        _ => null,
    };

    private static double? Number(TypedValue value) => value switch
    {
        TypedValue.Float(double number) => number,
        TypedValue.Int(BigInteger number) => (double)number,
        _ => null,
    };

    /// <summary>What is told without an assertion.</summary>
    private static Expectation.Equal? Told(string before, string after)
    {
        Match told = before.TrimStart().StartsWith(">>>", StringComparison.Ordinal) ? NextLine().Match(after) : Arrow().Match(after);
        return told.Success && Literal(after, told.Length) is var (value, end) && Ends(after, end) ? new Expectation.Equal(value) : null;
    }

    private static (TypedValue Value, int End)? Literal(string text, int start)
    {
        try
        {
            LiteralParser parser = new(text, start);
            TypedValue value = parser.Value();
            return (value, parser.Position);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Whether nothing but punctuation or a comment follows on the line.</summary>
    private static bool Ends(string text, int at) => text.AsSpan(at).TrimStart(" \t") is [] or ['\n' or '\r' or ',' or ';' or '.' or '`' or ')' or '#' or '"' or '\'', ..];

    [GeneratedRegex(@"(?:(?<=^|[^\w.])assert(?=[\s(])|\bself\.(?<unittest>assert\w+)\s*\()", RegexOptions.RightToLeft)]
    private static partial Regex Head();

    [GeneratedRegex(@"^[ \t)`]*(?:==|=>|->|→|#[ \t]*(?:==?>?|-+>|→|(?:[Rr]eturns?|[Ee]xpect(?:ed|s)?|[Oo]utputs?|[Rr]esult|[Ss]hould[ ](?:return|be|print))(?:[ ](?:output|result|value))?)?)[ \t]*:?[ \t]*")]
    private static partial Regex Arrow();

    [GeneratedRegex(@"^[ \t]*\r?\n[ \t]*")]
    private static partial Regex NextLine();
}
