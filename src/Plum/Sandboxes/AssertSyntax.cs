using System.Text.RegularExpressions;

namespace Plum.Sandboxes;

/// <summary>
/// How a language's tests assert that a value is as expected, so that the two can be told apart: the program is asked for
/// its value, and what was expected is evaluated in another process, without the program.
/// </summary>
/// <param name="Opening">What stands before the program's value, the opening bracket included.</param>
/// <param name="Between">What stands between the two values.</param>
/// <param name="Unclear">A text between the brackets that is left as it is: it asserts more than one thing, or a value without a type of its own.</param>
/// <param name="Ask">What takes the assertion's place, <c>$</c> standing for the program's value: it writes the value.</param>
/// <param name="Alone">A program and a test that write the expected values, by statements such as <paramref name="Ask"/>.</param>
/// <param name="CharacterQuote">True where a single quote holds one character, as in C, and may stand alone, as in Rust.</param>
/// <param name="ByReference">True where what stands between the values compares lists by reference, so that equal ones fail an assertion that is left in place.</param>
public sealed record AssertSyntax(
    Regex Opening,
    Regex Between,
    Regex? Unclear,
    string Ask,
    Func<IReadOnlyList<string>, (string Program, string Test)> Alone,
    bool CharacterQuote = true,
    bool ByReference = false)
{
    /// <summary>A value that no printer of ours can write; it equals nothing.</summary>
    public const string Opaque = "opaque";

    /// <summary>Takes the assertions out of a test.</summary>
    /// <param name="test">The test's text.</param>
    public SeparatedTest Separate(string test)
    {
        System.Text.StringBuilder asking = new();
        List<string> asked = [], expected = [];
        for (int at = 0; at < test.Length;)
        {
            if (Starts(Opening, test, at) is { } opening && Inside(test, at + opening.Length) is var (value, wanted, end))
            {
                asking.Append(Ask.Replace("$", value, StringComparison.Ordinal));
                asked.Add(value);
                expected.Add(wanted);
                at = end;
                continue;
            }
            int next = SkipText(test, at);
            asking.Append(test, at, next - at);
            at = next;
        }
        return new(asking.ToString(), asked, expected);
    }

    /// <summary>The two values of an assertion whose inside begins here, and where its closing bracket ends; null where they cannot be told apart.</summary>
    private (string Value, string Expected, int End)? Inside(string test, int from)
    {
        int depth = 0, split = -1, second = -1, comma = -1, at = from;
        for (; at < test.Length; at = SkipText(test, at))
        {
            if (depth == 0 && Starts(Between, test, at) is { } between)
            {
                if (split >= 0 && between.Value != ",")
                    return null;
                if (split < 0)
                {
                    (split, second) = (at, at + between.Length);
                    // A method's bracket is part of what stands between, and closes at the end.
                    depth += between.Value[^1] == '(' ? 1 : 0;
                    at = second - 1;
                    continue;
                }
            }
            if (test[at] is '(' or '[' or '{')
                depth++;
            else if (test[at] is ')' or ']' or '}' && --depth < 0)
                break;
            else if (test[at] == ',' && depth == 0 && split >= 0 && comma < 0)
                comma = at;
        }
        if (at >= test.Length || split < 0)
            return null;
        string value = test[from..split].Trim(), expected = test[second..(comma < 0 ? at : comma)].Trim();
        if (test[second - 1] == '(')
            expected = expected.EndsWith(')') ? expected[..^1].Trim() : "";
        return value.Length == 0 || expected.Length == 0 || Unclear?.IsMatch(test[from..at]) == true ? null : (value, expected, at + 1);
    }

    private static Match? Starts(Regex pattern, string test, int at) => pattern.Match(test, at) is { Success: true } match && match.Index == at ? match : null;

    /// <summary>The place after a string, a character or a comment that begins here; else after one letter.</summary>
    private int SkipText(string test, int at)
    {
        switch (test[at])
        {
            case '/' when at + 1 < test.Length && test[at + 1] == '/':
                return test.IndexOf('\n', at) is var line && line < 0 ? test.Length : line;
            case '/' when at + 1 < test.Length && test[at + 1] == '*':
                return test.IndexOf("*/", at + 2, StringComparison.Ordinal) is var close && close < 0 ? test.Length : close + 2;
            case '\'' when CharacterQuote:
                int length = at + 1 < test.Length && test[at + 1] == '\\' ? 3 : 2;
                return at + length < test.Length && test[at + length] == '\'' ? at + length + 1 : at + 1;
            case '"' or '\'' or '`':
                for (int to = at + 1; to < test.Length; to++)
                {
                    if (test[to] == '\\')
                        to++;
                    else if (test[to] == test[at])
                        return to + 1;
                }
                return test.Length;
            default:
                return at + 1;
        }
    }
}

/// <summary>A test whose assertions were taken out.</summary>
/// <param name="Asking">The test, with every assertion that was understood replaced by a statement that writes the program's value. The others stay.</param>
/// <param name="Asked">The expressions of the program's values, for messages.</param>
/// <param name="Expected">The expressions of the expected values.</param>
public sealed record SeparatedTest(string Asking, IReadOnlyList<string> Asked, IReadOnlyList<string> Expected);
