using System.Globalization;
using System.Text;

namespace Plum.Sandboxes;

/// <content>Strings and bytes: prefixes, quotes, escapes, and neighbours that join.</content>
internal sealed partial class LiteralParser
{
    private TypedValue Strings()
    {
        StringBuilder? letters = null;
        List<byte>? bytes = null;
        for (int end = at; ;)
        {
            string prefix = Name().ToLowerInvariant();
            if (Peek() is not ('\'' or '"'))
            {
                at = end;
                break;
            }
            bool raw = prefix.Contains('r', StringComparison.Ordinal);
            bool binary = prefix.Contains('b', StringComparison.Ordinal);
            if (prefix is not ("" or "r" or "u" or "b" or "rb" or "br"))
                throw Error($"has the string prefix '{prefix}'; only literals are read");
            if (binary ? letters is not null : bytes is not null)
                throw Error("mixes text and bytes");
            string content = Quoted(raw, binary);
            if (binary)
                (bytes ??= []).AddRange(content.Select(letter => letter <= 0xFF ? (byte)letter : throw Error("has a letter beyond ASCII in bytes")));
            else
                (letters ??= new()).Append(content);
            end = at;
            Skip();
            if (!(Peek() is '\'' or '"' || char.IsLetter(Peek())))
            {
                at = end;
                break;
            }
        }
        return bytes is not null ? new TypedValue.Bytes(bytes.ToArray()) : new TypedValue.Str(letters!.ToString());
    }

    private string Quoted(bool raw, bool binary)
    {
        char quote = text[at];
        string close = at + 2 < text.Length && text[at + 1] == quote && text[at + 2] == quote ? new string(quote, 3) : quote.ToString();
        at += close.Length;
        StringBuilder content = new();
        while (string.CompareOrdinal(text, at, close, 0, close.Length) != 0)
        {
            if (at >= text.Length || close.Length == 1 && text[at] == '\n' || text[at] == '\\' && at + 1 == text.Length)
                throw Error("has a string without an end");
            if (text[at] != '\\')
            {
                content.Append(text[at++]);
            }
            else if (raw)
            {
                content.Append(text, at, 2);
                at += 2;
            }
            else
            {
                Escape(content, binary);
            }
        }
        at += close.Length;
        return content.ToString();
    }

    private void Escape(StringBuilder content, bool binary)
    {
        if (++at >= text.Length)
            throw Error("has a string without an end");
        char letter = text[at++];
        switch (letter)
        {
            case '\n': break;
            case '\\' or '\'' or '"': content.Append(letter); break;
            case 'a': content.Append('\a'); break;
            case 'b': content.Append('\b'); break;
            case 'f': content.Append('\f'); break;
            case 'n': content.Append('\n'); break;
            case 'r': content.Append('\r'); break;
            case 't': content.Append('\t'); break;
            case 'v': content.Append('\v'); break;
            case 'x': content.Append((char)Hex(2)); break;
            case 'u' when !binary: content.Append((char)Hex(4)); break;
            case 'U' when !binary:
                int point = Hex(8);
                content.Append(point is < 0 or > 0x10FFFF ? throw Error("has a letter beyond Unicode")
                    : point is >= 0xD800 and < 0xE000 ? ((char)point).ToString() : char.ConvertFromUtf32(point));
                break;
            case 'N' when !binary: throw Error("names a letter by \\N{...}, which is not read");
            case >= '0' and <= '7':
                int octal = letter - '0';
                for (int digits = 1; digits < 3 && Peek() is >= '0' and <= '7'; digits++)
                    octal = octal * 8 + (text[at++] - '0');
                content.Append((char)(binary ? octal & 0xFF : octal));
                break;
            default: content.Append('\\').Append(letter); break;
        }
    }

    private int Hex(int digits)
    {
        if (at + digits > text.Length || !int.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int number))
            throw Error($"has an escape that lacks its {digits} hexadecimal digits");
        at += digits;
        return number;
    }
}
