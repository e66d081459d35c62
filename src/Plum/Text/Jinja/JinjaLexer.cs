using System.Globalization;
using System.Text;

namespace Plum.Text.Jinja;

internal enum TokenKind
{
    Text,
    BlockBegin,
    BlockEnd,
    OutputBegin,
    OutputEnd,
    Name,
    String,
    Integer,
    Float,
    Operator,
    End,
}

/// <summary>A token of a template; <paramref name="Value"/> holds the value of a literal.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Line, object? Value = null)
{
    public bool Is(string text) => Kind is TokenKind.Operator or TokenKind.Name && Text == text;
}

/// <summary>
/// Cuts a template into tokens with the whitespace rules of transformers: trim_blocks (the newline after a block or a
/// comment goes) and lstrip_blocks (so do the blanks before one on its line); '-' strips all, '+' keeps all.
/// </summary>
internal sealed class JinjaLexer(string source)
{
    private static readonly string[] Operators =
        ["//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    private readonly string source = Normalize(source);
    private readonly List<Token> tokens = [];
    private int at;
    private int line = 1;
    private bool lineStarting = true;

    public static List<Token> Cut(string source)
    {
        JinjaLexer lexer = new(source);
        lexer.Run();
        return lexer.tokens;
    }

    private static string Normalize(string source)
    {
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        return source.EndsWith('\n') ? source[..^1] : source;
    }

    private void Run()
    {
        while (at < source.Length)
        {
            int open = FindOpening();
            if (open < 0)
            {
                AddText(source[at..]);
                break;
            }

            char kind = source[open + 1];
            char sign = open + 2 < source.Length && source[open + 2] is '-' or '+' ? source[open + 2] : ' ';
            AddText(Stripped(source[at..open], sign, kind));
            int start = at;
            Move(open + 2 + (sign == ' ' ? 0 : 1));
            if (kind == '#') SkipComment();
            else if (kind == '{') CutExpression("}}", TokenKind.OutputBegin, TokenKind.OutputEnd);
            else if (!CutRaw()) CutExpression("%}", TokenKind.BlockBegin, TokenKind.BlockEnd);
            lineStarting = at > start && source[at - 1] == '\n';
        }

        tokens.Add(new Token(TokenKind.End, "end of template", line));
    }

    private int FindOpening()
    {
        for (int open = at; (open = source.IndexOf('{', open)) >= 0 && open + 1 < source.Length; open++)
        {
            if (source[open + 1] is '{' or '%' or '#') return open;
        }

        return -1;
    }

    private string Stripped(string text, char sign, char kind)
    {
        if (sign == '-') return text.TrimEnd();
        if (sign == '+' || kind == '{') return text;
        int lineStart = text.LastIndexOf('\n') + 1;
        return (lineStart > 0 || lineStarting) && string.IsNullOrWhiteSpace(text[lineStart..]) ? text[..lineStart] : text;
    }

    private void AddText(string text)
    {
        if (text.Length > 0) tokens.Add(new Token(TokenKind.Text, text, line));
    }

    private void SkipComment()
    {
        int close = source.IndexOf("#}", at, StringComparison.Ordinal);
        if (close < 0) throw JinjaException.Syntax("Missing end of comment tag", line);
        char sign = close > at ? source[close - 1] : ' ';
        Move(close + 2);
        AfterTag(sign, isOutput: false);
    }

    /// <summary>What follows a closing tag: all white space after '-', one newline after a block without '+'.</summary>
    private void AfterTag(char sign, bool isOutput)
    {
        if (sign == '-')
        {
            int end = at;
            while (end < source.Length && char.IsWhiteSpace(source[end])) end++;
            Move(end);
        }
        else if (!isOutput && sign != '+' && at < source.Length && source[at] == '\n')
        {
            Move(at + 1);
        }
    }

    private bool CutRaw()
    {
        int word = SkipBlanks(at);
        if (string.CompareOrdinal(source, word, "raw", 0, 3) != 0) return false;
        int close = SkipBlanks(word + 3);
        char sign = close < source.Length && source[close] is '-' or '+' ? source[close] : ' ';
        if (string.CompareOrdinal(source, close + (sign == ' ' ? 0 : 1), "%}", 0, 2) != 0) return false;
        Move(close + (sign == ' ' ? 0 : 1) + 2);
        AfterTag(sign, isOutput: true);
        for (int open = at; (open = source.IndexOf("{%", open, StringComparison.Ordinal)) >= 0; open += 2)
        {
            char before = open + 2 < source.Length && source[open + 2] is '-' or '+' ? source[open + 2] : ' ';
            int end = SkipBlanks(open + 2 + (before == ' ' ? 0 : 1));
            if (string.CompareOrdinal(source, end, "endraw", 0, 6) != 0) continue;
            end = SkipBlanks(end + 6);
            char after = end < source.Length && source[end] is '-' or '+' ? source[end] : ' ';
            if (string.CompareOrdinal(source, end + (after == ' ' ? 0 : 1), "%}", 0, 2) != 0) continue;
            lineStarting = source[at - 1] == '\n';
            AddText(Stripped(source[at..open], before, '%'));
            Move(end + (after == ' ' ? 0 : 1) + 2);
            AfterTag(after, isOutput: false);
            return true;
        }

        throw JinjaException.Syntax("Missing end of raw directive", line);
    }

    private int SkipBlanks(int from)
    {
        while (from < source.Length && char.IsWhiteSpace(source[from])) from++;
        return from;
    }

    private void CutExpression(string close, TokenKind begin, TokenKind end)
    {
        tokens.Add(new Token(begin, close, line));
        int depth = 0;
        while (true)
        {
            Move(SkipBlanks(at));
            if (at >= source.Length) throw JinjaException.Syntax("unexpected end of template", line);
            char sign = source[at] is '-' or '+' ? source[at] : ' ';
            if (depth == 0 && string.CompareOrdinal(source, at + (sign == ' ' ? 0 : 1), close, 0, 2) == 0)
            {
                tokens.Add(new Token(end, close, line));
                Move(at + (sign == ' ' ? 0 : 1) + 2);
                AfterTag(sign, end == TokenKind.OutputEnd);
                return;
            }

            Token token = Next();
            if (token.Kind == TokenKind.Operator && token.Text is "(" or "[" or "{") depth++;
            if (token.Kind == TokenKind.Operator && token.Text is ")" or "]" or "}" && depth-- == 0)
                throw JinjaException.Syntax($"unexpected '{token.Text}'", line);
            tokens.Add(token);
        }
    }

    private Token Next()
    {
        char first = source[at];
        int start = at;
        if (first is '\'' or '"') return String(first);
        if (char.IsAsciiDigit(first)) return Number();
        if (char.IsLetter(first) || first == '_')
        {
            while (at < source.Length && (char.IsLetterOrDigit(source[at]) || source[at] == '_')) at++;
            return new Token(TokenKind.Name, source[start..at], line);
        }

        foreach (string candidate in Operators)
        {
            if (string.CompareOrdinal(source, at, candidate, 0, candidate.Length) != 0) continue;
            at += candidate.Length;
            return new Token(TokenKind.Operator, candidate, line);
        }

        throw JinjaException.Syntax($"unexpected char '{first}' at {at}", line);
    }

    private Token Number()
    {
        int start = at;
        if (source[at] == '0' && at + 1 < source.Length && char.ToLowerInvariant(source[at + 1]) is 'x' or 'o' or 'b')
        {
            int radix = char.ToLowerInvariant(source[at + 1]) switch { 'x' => 16, 'o' => 8, _ => 2 };
            at += 2;
            while (at < source.Length && (char.IsAsciiHexDigit(source[at]) || source[at] == '_')) at++;
            return new Token(TokenKind.Integer, source[start..at], line, Convert.ToInt64(source[(start + 2)..at].Replace("_", "", StringComparison.Ordinal), radix));
        }

        Digits();
        bool real = false;
        if (at + 1 < source.Length && source[at] == '.' && char.IsAsciiDigit(source[at + 1]))
        {
            real = true;
            at++;
            Digits();
        }

        int exponent = at < source.Length && source[at] is 'e' or 'E' ? at + 1 : source.Length;
        if (exponent < source.Length && source[exponent] is '+' or '-') exponent++;
        if (exponent < source.Length && char.IsAsciiDigit(source[exponent]))
        {
            real = true;
            at = exponent;
            Digits();
        }

        string text = source[start..at].Replace("_", "", StringComparison.Ordinal);
        if (real) return new Token(TokenKind.Float, text, line, double.Parse(text, CultureInfo.InvariantCulture));
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? new Token(TokenKind.Integer, text, line, value)
            : throw JinjaException.Syntax($"the number {text} is too large", line);
    }

    private void Digits()
    {
        while (at < source.Length && (char.IsAsciiDigit(source[at]) || source[at] == '_')) at++;
    }

    private Token String(char quote)
    {
        int start = line;
        StringBuilder value = new();
        for (int i = at + 1; i < source.Length; i++)
        {
            if (source[i] == quote)
            {
                Move(i + 1);
                return new Token(TokenKind.String, "string", start, value.ToString());
            }

            if (source[i] != '\\') value.Append(source[i]);
            else if (i + 1 < source.Length) i = Escape(i + 1, value);
        }

        throw JinjaException.Syntax($"unexpected char '{quote}' at {at}", line);
    }

    /// <summary>Python's escapes; an unknown one stays with its backslash. Gives the position of its last character.</summary>
    private int Escape(int i, StringBuilder value)
    {
        int digits = source[i] switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            if (i + digits >= source.Length || !int.TryParse(source.AsSpan(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code) || code > 0x10FFFF)
                throw JinjaException.Syntax($"a malformed \\{source[i]} escape", line);
            if (code < 0x10000) value.Append((char)code);
            else value.Append(char.ConvertFromUtf32(code));
            return i + digits;
        }

        if (source[i] is >= '0' and <= '7')
        {
            int end = i, code = 0;
            while (end < source.Length && end < i + 3 && source[end] is >= '0' and <= '7') code = (code * 8) + source[end++] - '0';
            value.Append((char)code);
            return end - 1;
        }

        _ = source[i] switch
        {
            'n' => value.Append('\n'),
            't' => value.Append('\t'),
            'r' => value.Append('\r'),
            'b' => value.Append('\b'),
            'f' => value.Append('\f'),
            'v' => value.Append('\v'),
            'a' => value.Append('\a'),
            '\\' or '\'' or '"' => value.Append(source[i]),
            '\n' => value,
            _ => value.Append('\\').Append(source[i]),
        };
        return i;
    }

    private void Move(int to)
    {
        line += source.AsSpan(at, to - at).Count('\n');
        at = to;
    }
}
