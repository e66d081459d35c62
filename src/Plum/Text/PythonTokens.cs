namespace Plum.Text;

/// <summary>What a token of a Python program is.</summary>
internal enum PythonTokenKind
{
    /// <summary>A name or a keyword.</summary>
    Name,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A string with its prefix; in plain quotes where nothing in it depends on them.</summary>
    String,

    /// <summary>An operator or a bracket, or a letter that is none of Python's.</summary>
    Operator,

    /// <summary>The end of a line of code.</summary>
    NewLine,

    /// <summary>A block begins.</summary>
    Indent,

    /// <summary>A block ends.</summary>
    Dedent,

    /// <summary>A margin that Python refuses.</summary>
    Fault,
}

/// <summary>A token.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As it is written; empty for line ends, blocks and faults.</param>
internal readonly record struct PythonToken(PythonTokenKind Kind, string Text = "");

/// <summary>
/// The tokens of a Python program without layout, comments and docstrings: line ends and changes of indentation in place of
/// white space. Text that is not Python has tokens too.
/// </summary>
internal static class PythonTokens
{
    /// <summary>Ends a string token that is never closed.</summary>
    private const char Unclosed = '\u0005';

    /// <summary>Reads a program.</summary>
    /// <param name="text">The program.</param>
    public static IReadOnlyList<PythonToken> Of(string text)
    {
        List<PythonToken> tokens = [];
        Stack<(int Column, int Narrow)> indents = new([(0, 0)]);
        int at = 0, brackets = 0;
        bool lineStart = true;
        // A program that reads docstrings is another program with others.
        bool docstrings = text.Contains("__doc__", StringComparison.Ordinal) || text.Contains("doctest", StringComparison.Ordinal) || text.Contains("getdoc", StringComparison.Ordinal);
        while (at < text.Length)
        {
            if (lineStart && brackets == 0)
            {
                int column = 0, narrow = 0;
                for (; at < text.Length && text[at] is ' ' or '\t' or '\f'; at++)
                    (column, narrow) = text[at] == '\t' ? ((column / 8 + 1) * 8, narrow + 1) : text[at] == '\f' ? (0, 0) : (column + 1, narrow + 1);
                if (at == text.Length || text[at] is '\n' or '\r' or '#')
                {
                    at = SkipLine(text, at);
                    continue;
                }
                bool deeper = column > indents.Peek().Column;
                // Python refuses a margin that is deeper with tabs of one width and not with another, and a step back to where no block began.
                if (deeper != narrow > indents.Peek().Narrow)
                    tokens.Add(new(PythonTokenKind.Fault));
                if (deeper)
                {
                    indents.Push((column, narrow));
                    tokens.Add(new(PythonTokenKind.Indent));
                }
                while (column < indents.Peek().Column)
                {
                    indents.Pop();
                    tokens.Add(new(PythonTokenKind.Dedent));
                }
                if ((column, narrow) != indents.Peek())
                    tokens.Add(new(PythonTokenKind.Fault));
                lineStart = false;
                if (!docstrings && SkipDocstring(text, ref at))
                {
                    lineStart = true;
                    continue;
                }
            }
            char letter = text[at];
            switch (letter)
            {
                case '\n' or '\r':
                    at = SkipLine(text, at);
                    if (brackets == 0)
                    {
                        tokens.Add(new(PythonTokenKind.NewLine));
                        lineStart = true;
                    }
                    break;
                case ' ' or '\t' or '\f':
                    at++;
                    break;
                case '#':
                    while (at < text.Length && text[at] is not ('\n' or '\r'))
                        at++;
                    break;
                case '\\' when at + 1 < text.Length && text[at + 1] is '\n' or '\r':
                    at = SkipLine(text, at + 1);
                    break;
                default:
                    brackets = Math.Max(0, brackets + (letter is '(' or '[' or '{' ? 1 : letter is ')' or ']' or '}' ? -1 : 0));
                    at = Token(text, at, tokens);
                    break;
            }
        }
        if (!lineStart)
            tokens.Add(new(PythonTokenKind.NewLine));
        while (indents.Count > 1)
        {
            indents.Pop();
            tokens.Add(new(PythonTokenKind.Dedent));
        }
        return tokens;
    }

    private static int Token(string text, int at, List<PythonToken> tokens)
    {
        int start = at;
        PythonTokenKind kind = PythonTokenKind.Operator;
        if (char.IsLetter(text[at]) || text[at] == '_')
        {
            kind = PythonTokenKind.Name;
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '_'))
                at++;
            if (at < text.Length && text[at] is '\'' or '"' && at - start <= 2)
                return StringEnd(text, start, at, tokens);
        }
        else if (char.IsAsciiDigit(text[at]) || text[at] == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))
        {
            kind = PythonTokenKind.Number;
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '.' or '_'
                || text[at] is '+' or '-' && text[at - 1] is 'e' or 'E' && !text.AsSpan(start).StartsWith("0x", StringComparison.OrdinalIgnoreCase)))
                at++;
        }
        else if (text[at] is '\'' or '"')
        {
            return StringEnd(text, start, at, tokens);
        }
        else
        {
            at++;
            // Operators of several characters need their parts together: "a - -b" is not "a --b", "a < = b" is no Python.
            while (at < text.Length && IsOperator(text[at - 1]) && IsOperator(text[at]) && Joined(text.AsSpan(start, at - start + 1)))
                at++;
        }
        tokens.Add(new(kind, text[start..at]));
        return at;
    }

    private static bool IsOperator(char letter) => "+-*/%@&|^~<>=!:.".Contains(letter, StringComparison.Ordinal);

    private static bool Joined(ReadOnlySpan<char> token) => token is "**" or "//" or "<<" or ">>" or "<=" or ">=" or "==" or "!="
        or "->" or ":=" or "+=" or "-=" or "*=" or "/=" or "%=" or "@=" or "&=" or "|=" or "^=" or "**=" or "//=" or "<<=" or ">>=" or "..";

    /// <summary>Writes a string token in one way whichever quotes it has, where nothing in it depends on them.</summary>
    private static int StringEnd(string text, int start, int quoteAt, List<PythonToken> tokens)
    {
        char quote = text[quoteAt];
        int quotes = quoteAt + 2 < text.Length && text[quoteAt + 1] == quote && text[quoteAt + 2] == quote ? 3 : 1;
        int at = quoteAt + quotes;
        int inner = at;
        while (at < text.Length)
        {
            if (text[at] == '\\')
                at++;
            else if (text[at] == quote && (quotes == 1 || at + 2 < text.Length && text[at + 1] == quote && text[at + 2] == quote))
                break;
            else if (quotes == 1 && text[at] == '\n')
                break;
            at++;
        }
        int end = Math.Min(at, text.Length);
        string content = text[inner..end];
        bool plain = content.AsSpan().IndexOfAny("'\"\\\n\r") < 0;
        string marks = plain ? "'" : new string(quote, quotes);
        bool closed = end + quotes <= text.Length && text[end] == quote;
        tokens.Add(new(PythonTokenKind.String, $"{text[start..quoteAt].ToLowerInvariant()}{marks}{content}{marks}{(closed ? "" : Unclosed)}"));
        return Math.Min(end + quotes, text.Length);
    }

    /// <summary>A string that stands alone as a statement is a docstring or does nothing.</summary>
    private static bool SkipDocstring(string text, ref int at)
    {
        int quoteAt = at;
        while (quoteAt < text.Length && text[quoteAt] is 'r' or 'R' or 'u' or 'U' && quoteAt - at < 1)
            quoteAt++;
        if (quoteAt >= text.Length || text[quoteAt] is not ('\'' or '"'))
            return false;
        List<PythonToken> skipped = [];
        int end = StringEnd(text, at, quoteAt, skipped);
        if (skipped[0].Text[^1] == Unclosed)
            return false;
        int next = end;
        while (next < text.Length && text[next] is ' ' or '\t')
            next++;
        if (next < text.Length && text[next] is not ('\n' or '\r' or '#'))
            return false;
        at = SkipLine(text, next);
        return true;
    }

    private static int SkipLine(string text, int at)
    {
        while (at < text.Length && text[at] is not ('\n' or '\r'))
            at++;
        if (at + 1 < text.Length && text[at] == '\r' && text[at + 1] == '\n')
            at++;
        return Math.Min(at + 1, text.Length);
    }
}
