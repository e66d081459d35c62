using Plum.Sandboxes;

namespace Plum.Verdicts;

/// <summary>
/// Python test code, taken apart: asserts about one call with literal arguments become cases that are compared outside the
/// jail; only texts that hold anything else are left for split mode.
/// </summary>
/// <param name="Cases">The asserts that were understood.</param>
/// <param name="Rest">The texts that were not, each whole.</param>
public sealed record TestCode(IReadOnlyList<AssertCase> Cases, IReadOnlyList<string> Rest)
{
    /// <summary>Takes texts of test code apart: single asserts, lists of them, or a <c>def check(candidate)</c> made of them.</summary>
    /// <param name="entryPoint">The function under test; <c>candidate</c> stands for it too.</param>
    /// <param name="tests">The texts.</param>
    public static TestCode Parse(string entryPoint, params IEnumerable<string> tests)
    {
        List<AssertCase> cases = [];
        List<string> rest = [];
        foreach (string test in tests)
        {
            List<AssertCase> understood = [];
            if (Statements(Body(test)).All(statement => Understand(entryPoint, statement, understood)))
                cases.AddRange(understood);
            else
                rest.Add(test);
        }
        return new(cases, rest);
    }

    private static bool Understand(string entryPoint, string statement, List<AssertCase> understood)
    {
        if (statement is "pass" || statement.StartsWith("METADATA", StringComparison.Ordinal) || statement is "assert True" || PythonLiteral.TryParse(statement, out _)
            || statement.StartsWith("assert True,", StringComparison.Ordinal))
            return true;
        if (AssertParser.Parse(entryPoint, statement) is not { } assert)
            return false;
        understood.Add(assert);
        return true;
    }

    /// <summary>The statements that <c>check</c> consists of, or the text itself where there is no such function.</summary>
    private static string Body(string test)
    {
        string[] lines = test.ReplaceLineEndings("\n").Split('\n');
        int check = Array.FindIndex(lines, line => line.StartsWith("def check(candidate)", StringComparison.Ordinal) && line.TrimEnd().EndsWith(':'));
        if (check < 0)
            return test;
        IEnumerable<string> before = lines[..check];
        IEnumerable<string> body = lines[(check + 1)..];
        string indent = string.Concat((body.FirstOrDefault(line => line.Trim().Length > 0) ?? "").TakeWhile(char.IsWhiteSpace));
        // A line of the body that is not indented is after the function: not understood, so left in place as it is.
        return string.Join('\n', before.Concat(body.Select(line => line.StartsWith(indent, StringComparison.Ordinal) ? line[indent.Length..] : line)));
    }

    /// <summary>Logical lines: line breaks inside brackets and strings do not end one; an indented block belongs to the line before it.</summary>
    private static IEnumerable<string> Statements(string text)
    {
        int start = 0, at = 0, brackets = 0;
        while (at <= text.Length)
        {
            if (at == text.Length || text[at] == '\n' && brackets == 0 && !(at + 1 < text.Length && text[at + 1] is ' ' or '\t'))
            {
                string statement = text[start..at].Trim();
                if (statement.Length > 0)
                    yield return statement;
                start = ++at;
                continue;
            }
            switch (text[at])
            {
                case '#':
                    int end = text.IndexOf('\n', at);
                    end = end < 0 ? text.Length : end;
                    text = text.Remove(at, end - at);
                    continue;
                case '(' or '[' or '{': brackets++; break;
                case ')' or ']' or '}': brackets--; break;
                case '\'' or '"': at = StringEnd(text, at); continue;
            }
            at++;
        }
    }

    private static int StringEnd(string text, int at)
    {
        char quote = text[at];
        string close = at + 2 < text.Length && text[at + 1] == quote && text[at + 2] == quote ? new string(quote, 3) : quote.ToString();
        for (at += close.Length; at < text.Length && string.CompareOrdinal(text, at, close, 0, close.Length) != 0; at++)
            if (text[at] == '\\')
                at++;
        return Math.Min(at + close.Length, text.Length);
    }
}
