using System.Security.Cryptography;
using System.Text;

namespace Plum.Verdicts;

/// <summary>
/// A hash that is equal for Python programs which differ in layout, comments, docstrings or the quotes of strings only:
/// SHA-256 over the tokens, with line ends and changes of indentation in place of white space. Taken here rather than from
/// a syntax tree in the jail: it costs microseconds, a hostile program has no hand in it, and equal programs need no run.
/// </summary>
public static class CanonicalForm
{
    private const char NewLine = '\u0001', Indent = '\u0002', Dedent = '\u0003', Separator = '\u0004', Fault = '\u0005';

    /// <summary>The hash of a program's tokens, in hexadecimal. Text that is not Python has one too.</summary>
    /// <param name="program">The program.</param>
    public static string Of(string program)
    {
        string tokens = Tokens(program);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(tokens)));
    }

    private static string Tokens(string text)
    {
        StringBuilder tokens = new(text.Length);
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
                    tokens.Append(Fault);
                if (deeper)
                {
                    indents.Push((column, narrow));
                    tokens.Append(Indent);
                }
                while (column < indents.Peek().Column)
                {
                    indents.Pop();
                    tokens.Append(Dedent);
                }
                if ((column, narrow) != indents.Peek())
                    tokens.Append(Fault);
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
                        tokens.Append(NewLine);
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
                    tokens.Append(Separator);
                    break;
            }
        }
        if (!lineStart)
            tokens.Append(NewLine);
        while (indents.Count > 1)
        {
            indents.Pop();
            tokens.Append(Dedent);
        }
        return tokens.ToString();
    }

    private static int Token(string text, int at, StringBuilder tokens)
    {
        int start = at;
        if (char.IsLetter(text[at]) || text[at] == '_')
        {
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '_'))
                at++;
            if (at < text.Length && text[at] is '\'' or '"' && at - start <= 2)
                return StringEnd(text, start, at, tokens);
        }
        else if (char.IsAsciiDigit(text[at]) || text[at] == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))
        {
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
        tokens.Append(text, start, at - start);
        return at;
    }

    private static bool IsOperator(char letter) => "+-*/%@&|^~<>=!:.".Contains(letter, StringComparison.Ordinal);

    private static bool Joined(ReadOnlySpan<char> token) => token is "**" or "//" or "<<" or ">>" or "<=" or ">=" or "==" or "!="
        or "->" or ":=" or "+=" or "-=" or "*=" or "/=" or "%=" or "@=" or "&=" or "|=" or "^=" or "**=" or "//=" or "<<=" or ">>=" or "..";

    /// <summary>Writes a string token in one way whichever quotes it has, where nothing in it depends on them.</summary>
    private static int StringEnd(string text, int start, int quoteAt, StringBuilder tokens)
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
        tokens.Append(text[start..quoteAt].ToLowerInvariant());
        tokens.Append(plain ? "'" : new string(quote, quotes)).Append(content).Append(plain ? "'" : new string(quote, quotes));
        if (end + quotes > text.Length || text[end] != quote)
            tokens.Append(Fault);
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
        StringBuilder skipped = new();
        int end = StringEnd(text, at, quoteAt, skipped);
        if (skipped[^1] == Fault)
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
