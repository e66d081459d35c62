using System.Numerics;
using System.Text.RegularExpressions;

namespace Plum.Sandboxes;

/// <summary>Reads one statement of a test, if it is an assert about one call of the entry point with literal arguments.</summary>
internal static partial class AssertParser
{
    /// <summary>The case, or null where the statement is anything else.</summary>
    /// <param name="entryPoint">The function under test; <c>candidate</c> stands for it too.</param>
    /// <param name="statement">The statement.</param>
    public static AssertCase? Parse(string entryPoint, string statement)
    {
        try
        {
            Reader reader = new(statement, entryPoint);
            return reader.Assert() ?? reader.Raises();
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The case of an assert that a text begins with, whatever the lines behind it hold; null where it begins with anything else.</summary>
    /// <param name="entryPoint">The function under test; <c>candidate</c> stands for it too.</param>
    /// <param name="text">The text.</param>
    public static AssertCase? ParseStart(string entryPoint, string text)
    {
        try
        {
            return new Reader(text, entryPoint).AssertAtStart();
        }
        catch (FormatException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^with\s+(?:pytest\.raises|self\.assertRaises)\(\s*(\w+)\s*\)\s*:\s*")]
    private static partial Regex RaisesHead();

    private sealed class Reader(string text, string entryPoint)
    {
        private int at;

        public AssertCase? Assert()
        {
            if (!Word("assert"))
                return null;
            (Call call, Expectation expectation)? found = Inside();
            Skip();
            // A message may follow.
            return found is { } assert && (at == text.Length || text[at] == ',') ? new(assert.call, assert.expectation, text) : null;
        }

        public AssertCase? AssertAtStart()
        {
            if (!Word("assert") || Inside() is not (var call, var expectation))
                return null;
            int end = at;
            while (at < text.Length && text[at] is ' ' or '\t')
                at++;
            return at == text.Length || text[at] is '\n' or '\r' or ',' or ';' or '#' or '`' or '"' or '\'' ? new(call, expectation, text[..end]) : null;
        }

        public AssertCase? Raises()
        {
            Match head = RaisesHead().Match(text);
            if (!head.Success)
                return null;
            at = head.Length;
            Call? call = Call();
            Skip();
            return call is not null && at == text.Length ? new(call, new Expectation.Raises(head.Groups[1].Value), text) : null;
        }

        private (Call, Expectation)? Inside()
        {
            Skip();
            int start = at;
            if (Token("("))
            {
                (Call, Expectation)? inner = Inside();
                Skip();
                if (inner is not null && Token(")"))
                    return inner;
                at = start;
            }
            if (Word("abs") && Token("("))
                return Distance();
            at = start;
            if (Token("math.isclose("))
                return IsClose();
            at = start;
            if (Call() is { } call)
                return Compared(call);
            at = start;
            TypedValue expected = Literal();
            return Token("==") && Call() is { } other ? (other, new Expectation.Equal(expected)) : null;
        }

        private (Call, Expectation)? Compared(Call call)
        {
            if (Token("=="))
                return (call, new Expectation.Equal(Literal()));
            if (Word("is"))
                return !Word("not") && Literal() is (TypedValue.None or TypedValue.Bool) and var constant ? (call, new Expectation.Is(constant)) : null;
            if (Word("in"))
                return Literal() switch
                {
                    TypedValue.List(var values) => (call, new Expectation.OneOf(values)),
                    TypedValue.Tuple(var values) => (call, new Expectation.OneOf(values)),
                    TypedValue.Set(var values) => (call, new Expectation.OneOf(values)),
                    _ => null,
                };
            return null;
        }

        private (Call, Expectation)? Distance()
        {
            if (Call() is not { } call || !Token("-") || Number(Literal()) is not { } value || !Token(")"))
                return null;
            bool orEqual = Token("<=");
            if (!orEqual && !Token("<") || Number(Literal()) is not { } tolerance)
                return null;
            return (call, new Expectation.Close(value, tolerance, Strict: !orEqual));
        }

        private (Call, Expectation)? IsClose()
        {
            if (Call() is not { } call || !Token(",") || Number(Literal()) is not { } value)
                return null;
            double relative = 1e-9, absolute = 0;
            while (Token(","))
            {
                bool isRelative = Token("rel_tol=");
                if (!isRelative && !Token("abs_tol=") || Number(Literal()) is not { } tolerance)
                    return null;
                (relative, absolute) = isRelative ? (tolerance, absolute) : (relative, tolerance);
            }
            return Token(")") ? (call, new Expectation.Close(value, absolute, relative)) : null;
        }

        private Call? Call()
        {
            Skip();
            foreach (string name in (string[])[entryPoint, "candidate"])
            {
                int end = at + name.Length;
                if (string.CompareOrdinal(text, at, name, 0, name.Length) != 0 || end >= text.Length || text[end] != '(')
                    continue;
                LiteralParser parser = new(text, end + 1);
                Call call = parser.Arguments(')');
                at = parser.Position;
                return call;
            }
            return null;
        }

        private TypedValue Literal()
        {
            LiteralParser parser = new(text, at);
            TypedValue value = parser.Value();
            at = parser.Position;
            return value;
        }

        private static double? Number(TypedValue value) => value switch
        {
            TypedValue.Float(double number) => number,
            TypedValue.Int(BigInteger number) => (double)number,
            _ => null,
        };

        private bool Token(string token)
        {
            Skip();
            if (string.CompareOrdinal(text, at, token, 0, token.Length) != 0)
                return false;
            at += token.Length;
            return true;
        }

        private bool Word(string word)
        {
            Skip();
            int end = at + word.Length;
            if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0 || end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_'))
                return false;
            at = end;
            return true;
        }

        private void Skip()
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
        }
    }
}
