using System.Globalization;
using System.Numerics;

namespace Plum.Sandboxes;

/// <summary>A recursive-descent reader of Python literals. Columns in messages count from 1.</summary>
/// <param name="text">What is read.</param>
/// <param name="start">Where reading begins.</param>
internal sealed partial class LiteralParser(string text, int start = 0)
{
    private const int MostDepth = 200;

    private int at = start;
    private int depth;

    /// <summary>How far the text has been read.</summary>
    public int Position => at;

    /// <summary>One literal, with sums of a real and an imaginary number.</summary>
    public TypedValue Value()
    {
        if (++depth > MostDepth)
            throw Error($"is nested deeper than {MostDepth}");
        TypedValue value = Signed();
        int end = at;
        Skip();
        // Outside of brackets a line ends an expression.
        bool goesOn = depth > 1 || !text.AsSpan(end, at - end).Contains('\n');
        if (value is (TypedValue.Int or TypedValue.Float) && Peek() is ('+' or '-') && goesOn)
        {
            double real = value is TypedValue.Float(double number) ? number : (double)((TypedValue.Int)value).Value;
            bool minus = text[at++] == '-';
            Skip();
            if (Atom() is not TypedValue.Complex(_, double imaginary))
                throw Error("is an expression; only literals are read");
            value = new TypedValue.Complex(real, minus ? -imaginary : imaginary);
        }
        else
        {
            at = end;
        }
        depth--;
        return value;
    }

    /// <summary>The arguments of a call, positional ones first, up to the end or to the closing bracket, which is read too.</summary>
    /// <param name="close">The closing bracket; null for the end of the text.</param>
    public Call Arguments(char? close = null)
    {
        List<TypedValue> positional = [];
        List<KeyValuePair<string, TypedValue>> keywords = [];
        Skip();
        while (close is null ? at < text.Length : Peek() != close)
        {
            int start = at;
            string name = Name();
            Skip();
            if (name.Length > 0 && Peek() == '=' && !(at + 1 < text.Length && text[at + 1] == '='))
            {
                at++;
                keywords.Add(new(name, Value()));
            }
            else
            {
                at = start;
                if (keywords.Count > 0)
                    throw Error("has a positional argument after a keyword argument");
                positional.Add(Value());
            }
            Skip();
            if (close is null ? at == text.Length : Peek() == close)
                break;
            Expect(',');
            Skip();
        }
        if (close is { } bracket)
            Expect(bracket);
        return new Call(positional, keywords);
    }

    /// <summary>Nothing but white space may be left.</summary>
    public void End()
    {
        Skip();
        if (at < text.Length)
            throw Error("goes on after the literal");
    }

    private TypedValue Signed()
    {
        bool signed = false, minus = false;
        for (Skip(); Peek() is '-' or '+'; Skip())
        {
            signed = true;
            minus ^= text[at++] == '-';
        }
        TypedValue atom = Atom();
        return !signed ? atom : atom switch
        {
            TypedValue.Int(BigInteger number) => new TypedValue.Int(minus ? -number : number),
            TypedValue.Float(double number) => new TypedValue.Float(minus ? -number : number),
            TypedValue.Complex(double real, double imaginary) => minus ? new TypedValue.Complex(-real, -imaginary) : new TypedValue.Complex(real, imaginary),
            _ => throw Error("has a sign before something that is no number"),
        };
    }

    private TypedValue Atom()
    {
        Skip();
        char first = Peek();
        switch (first)
        {
            case '[':
                return new TypedValue.List(Items(']', out _));
            case '(':
                List<TypedValue> items = Items(')', out bool comma);
                return items.Count == 1 && !comma ? items[0] : new TypedValue.Tuple(items);
            case '{':
                return Braces();
            case '\'' or '"':
                return Strings();
        }
        if (char.IsAsciiDigit(first) || first == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))
            return Number();
        int start = at;
        string name = Name();
        if (name.Length is > 0 and <= 2 && Peek() is ('\'' or '"'))
        {
            at = start;
            return Strings();
        }
        return name switch
        {
            "None" => TypedValue.None.Instance,
            "True" => new TypedValue.Bool(true),
            "False" => new TypedValue.Bool(false),
            "inf" => new TypedValue.Float(double.PositiveInfinity),
            "nan" => new TypedValue.Float(double.NaN),
            "math" or "float" or "set" or "frozenset" or "list" or "tuple" or "dict" => Constructed(name),
            "" => throw Error(at < text.Length ? $"has an unexpected '{text[at]}'" : "ends too early"),
            _ => throw Error($"names '{name}'; only literals are read", start),
        };
    }

    private TypedValue Constructed(string name)
    {
        Skip();
        if (name == "math")
        {
            Expect('.');
            return Name() switch
            {
                "inf" => new TypedValue.Float(double.PositiveInfinity),
                "nan" => new TypedValue.Float(double.NaN),
                string constant => throw Error($"names 'math.{constant}'; only literals are read"),
            };
        }
        if (Peek() != '(')
            throw Error($"names '{name}'; only literals are read");
        List<TypedValue> arguments = Items(')', out _);
        return (name, arguments) switch
        {
            ("set", []) => new TypedValue.Set([]),
            ("frozenset", []) => new TypedValue.FrozenSet([]),
            ("list", []) => new TypedValue.List([]),
            ("tuple", []) => new TypedValue.Tuple([]),
            ("dict", []) => new TypedValue.Dict([]),
            ("set", [TypedValue.List(var items)]) => new TypedValue.Set(Distinct(items)),
            ("set", [TypedValue.Set set]) => set,
            ("set", [TypedValue.Tuple(var items)]) => new TypedValue.Set(Distinct(items)),
            ("frozenset", [TypedValue.List(var items)]) => new TypedValue.FrozenSet(Distinct(items)),
            ("frozenset", [TypedValue.Set(var items)]) => new TypedValue.FrozenSet(items),
            ("frozenset", [TypedValue.Tuple(var items)]) => new TypedValue.FrozenSet(Distinct(items)),
            ("float", [TypedValue.Str(string number)]) => number.Trim().ToLowerInvariant() switch
            {
                "nan" or "+nan" or "-nan" => new TypedValue.Float(double.NaN),
                "inf" or "+inf" or "infinity" => new TypedValue.Float(double.PositiveInfinity),
                "-inf" or "-infinity" => new TypedValue.Float(double.NegativeInfinity),
                _ => throw Error("calls float of something else than 'nan' or 'inf'"),
            },
            _ => throw Error($"calls '{name}'; only literals are read"),
        };
    }

    private List<TypedValue> Items(char close, out bool comma)
    {
        at++;
        comma = false;
        return Items([], close, ref comma);
    }

    /// <summary>The items behind those that were read already, up to the closing bracket, which is read too.</summary>
    private List<TypedValue> Items(List<TypedValue> items, char close, ref bool comma)
    {
        for (Skip(); Peek() != close; Skip())
        {
            if (items.Count > 0 && !comma)
                throw Error($"lacks a ',' or a '{close}'");
            items.Add(Value());
            comma = Comma();
        }
        at++;
        return items;
    }

    private bool Comma()
    {
        Skip();
        if (Peek() != ',')
            return false;
        at++;
        return true;
    }

    private TypedValue Braces()
    {
        at++;
        Skip();
        if (Peek() == '}')
        {
            at++;
            return new TypedValue.Dict([]);
        }
        TypedValue first = Value();
        bool comma = Comma();
        if (comma || Peek() != ':')
            return new TypedValue.Set(Distinct(Items([first], '}', ref comma)));
        Dictionary<TypedValue, int> places = [];
        List<KeyValuePair<TypedValue, TypedValue>> items = [];
        for (TypedValue key = Hashable(first); ; key = Hashable(Value()))
        {
            Skip();
            Expect(':');
            TypedValue value = Value();
            if (places.TryGetValue(key, out int place))
            {
                items[place] = new(items[place].Key, value);
            }
            else
            {
                places[key] = items.Count;
                items.Add(new(key, value));
            }
            Skip();
            if (Peek() == '}')
                break;
            Expect(',');
            Skip();
            if (Peek() == '}')
                break;
        }
        at++;
        return new TypedValue.Dict(items);
    }

    private TypedValue[] Distinct(IReadOnlyList<TypedValue> items) => [.. items.Select(Hashable).Distinct()];

    private TypedValue Hashable(TypedValue value) => value switch
    {
        TypedValue.List or TypedValue.Dict or TypedValue.Set => throw Error("hashes a list, a dict or a set"),
        TypedValue.Tuple(IReadOnlyList<TypedValue> items) => new TypedValue.Tuple([.. items.Select(Hashable)]),
        _ => value,
    };

    private TypedValue Number()
    {
        int start = at;
        if (Peek() == '0' && at + 1 < text.Length && char.ToLowerInvariant(text[at + 1]) is ('x' or 'o' or 'b'))
        {
            int radix = char.ToLowerInvariant(text[at + 1]) switch { 'x' => 16, 'o' => 8, _ => 2 };
            at += 2;
            BigInteger number = 0;
            int digits = 0;
            for (; at < text.Length && (char.IsAsciiHexDigit(text[at]) || text[at] == '_'); at++)
            {
                if (text[at] == '_')
                    continue;
                int digit = Convert.ToInt32(text[at].ToString(), 16);
                if (digit >= radix)
                    throw Error($"has the digit '{text[at]}' in base {radix}");
                number = number * radix + digit;
                digits++;
            }
            return digits > 0 ? new TypedValue.Int(number) : throw Error("has a number without digits");
        }
        bool real = false;
        Digits();
        if (Peek() == '.')
        {
            real = true;
            at++;
            Digits();
        }
        if (Peek() is 'e' or 'E')
        {
            real = true;
            at++;
            if (Peek() is '+' or '-')
                at++;
            Digits();
        }
        string number10 = text[start..at].Replace("_", "", StringComparison.Ordinal);
        if (Peek() is 'j' or 'J')
        {
            at++;
            return new TypedValue.Complex(0, Double(number10));
        }
        if (char.IsLetterOrDigit(Peek()) || Peek() == '_')
            throw Error("has a letter in a number");
        if (real)
            return new TypedValue.Float(Double(number10));
        if (number10.Length > 1 && number10[0] == '0' && number10.AsSpan().ContainsAnyExcept('0'))
            throw Error("has a number with a leading zero");
        return new TypedValue.Int(BigInteger.Parse(number10, CultureInfo.InvariantCulture));

        void Digits()
        {
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '_'))
                at++;
        }

        double Double(string digits) => double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed)
            ? parsed : throw Error("has a malformed number");
    }

    private string Name()
    {
        int start = at;
        if (at < text.Length && (char.IsLetter(text[at]) || text[at] == '_'))
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '_'))
                at++;
        return text[start..at];
    }

    private char Peek() => at < text.Length ? text[at] : '\0';

    private void Expect(char letter)
    {
        if (Peek() != letter)
            throw Error($"lacks a '{letter}'");
        at++;
    }

    private void Skip()
    {
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at]))
                at++;
            else if (text[at] == '#')
                at = text.IndexOf('\n', at) is var end && end < 0 ? text.Length : end;
            else if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] == '\n')
                at += 2;
            else
                return;
        }
    }

    private FormatException Error(string what, int? column = null)
    {
        string shown = text.Length <= 80 ? text : text[..77] + "...";
        return new FormatException($"The Python literal \"{shown}\" {what} (column {Math.Min(column ?? at, text.Length) + 1}).");
    }
}
