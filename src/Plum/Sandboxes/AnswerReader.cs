using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Plum.Sandboxes;

/// <summary>
/// Reads the marshal data that a hostile process wrote. It knows values of exact built-in types and nothing else, trusts
/// no length, and goes no deeper than <see cref="MostDepth"/>.
/// </summary>
/// <param name="data">The bytes of one answer.</param>
internal ref struct AnswerReader(ReadOnlySpan<byte> data)
{
    /// <summary>The deepest nesting of an answer that is read.</summary>
    public const int MostDepth = 200;

    private ReadOnlySpan<byte> rest = data;

    /// <summary>The value, or null where the bytes are not exactly one value.</summary>
    public static TypedValue? Read(ReadOnlySpan<byte> data)
    {
        AnswerReader reader = new(data);
        TypedValue? value = reader.Value(0);
        return reader.rest.IsEmpty ? value : null;
    }

    private TypedValue? Value(int depth)
    {
        if (depth > MostDepth || !Take(1, out ReadOnlySpan<byte> tag))
            return null;
        switch ((char)tag[0])
        {
            case 'N': return TypedValue.None.Instance;
            case 'T': return new TypedValue.Bool(true);
            case 'F': return new TypedValue.Bool(false);
            case '.': return new TypedValue.Opaque("");
            case 'i': return Take(4, out ReadOnlySpan<byte> number) ? new TypedValue.Int(BinaryPrimitives.ReadInt32LittleEndian(number)) : null;
            case 'l': return Long();
            case 'g': return Double(out double value) ? new TypedValue.Float(value) : null;
            case 'y': return Double(out double real) && Double(out double imaginary) ? new TypedValue.Complex(real, imaginary) : null;
            case 'u': return !Sized(out ReadOnlySpan<byte> utf8) ? null : Text(utf8) is { } text ? new TypedValue.Str(text) : new TypedValue.Opaque("str");
            case 's': return Sized(out ReadOnlySpan<byte> bytes) ? new TypedValue.Bytes(bytes.ToArray()) : null;
            case '[': return Items(depth) is { } list ? new TypedValue.List(list) : null;
            case '(': return Items(depth) is { } tuple ? new TypedValue.Tuple(tuple) : null;
            case '<': return Items(depth) is { } set ? new TypedValue.Set(set) : null;
            case '>': return Items(depth) is { } frozen ? new TypedValue.FrozenSet(frozen) : null;
            case '{': return Dict(depth);
            default: return null;
        }
    }

    private TypedValue[]? Items(int depth)
    {
        // An item takes a byte at least, so a count beyond the rest is a lie and nothing is allocated for it.
        if (!Count(out int count) || count > rest.Length)
            return null;
        TypedValue[] items = new TypedValue[count];
        for (int at = 0; at < count; at++)
        {
            if (Value(depth + 1) is not { } item)
                return null;
            items[at] = item;
        }
        return items;
    }

    private TypedValue.Dict? Dict(int depth)
    {
        List<KeyValuePair<TypedValue, TypedValue>> items = [];
        while (!rest.IsEmpty && rest[0] != (byte)'0')
        {
            if (Value(depth + 1) is not { } key || Value(depth + 1) is not { } value)
                return null;
            items.Add(new(key, value));
        }
        return Take(1, out _) ? new TypedValue.Dict(items) : null;
    }

    private TypedValue.Int? Long()
    {
        if (!Take(4, out ReadOnlySpan<byte> header))
            return null;
        int signed = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (signed == int.MinValue || !Take(2L * Math.Abs(signed), out ReadOnlySpan<byte> digits))
            return null;
        // 15-bit digits, packed into bytes.
        byte[] magnitude = new byte[(Math.Abs(signed) * 15L + 7) / 8];
        for (int at = 0; at < digits.Length / 2; at++)
        {
            uint digit = BinaryPrimitives.ReadUInt16LittleEndian(digits[(2 * at)..]);
            if (digit > 0x7FFF)
                return null;
            long bit = at * 15L;
            digit <<= (int)(bit & 7);
            for (int index = (int)(bit >> 3); digit != 0; index++, digit >>= 8)
                magnitude[index] |= (byte)digit;
        }
        BigInteger value = new(magnitude, isUnsigned: true);
        return new TypedValue.Int(signed < 0 ? -value : value);
    }

    private bool Double(out double value)
    {
        bool there = Take(8, out ReadOnlySpan<byte> bytes);
        value = there ? BinaryPrimitives.ReadDoubleLittleEndian(bytes) : 0;
        return there;
    }

    private bool Count(out int count)
    {
        bool there = Take(4, out ReadOnlySpan<byte> bytes);
        count = there ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : 0;
        return there && count >= 0;
    }

    private bool Sized(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return Count(out int size) && Take(size, out bytes);
    }

    private bool Take(long size, out ReadOnlySpan<byte> taken)
    {
        bool there = size <= rest.Length;
        taken = there ? rest[..(int)size] : default;
        rest = there ? rest[(int)size..] : default;
        return there;
    }

    /// <summary>UTF-8 in which Python also writes lone surrogates, three bytes each; null where two of them would read as the one letter that they are not.</summary>
    private static string? Text(ReadOnlySpan<byte> utf8)
    {
        if (System.Text.Unicode.Utf8.IsValid(utf8))
            return Encoding.UTF8.GetString(utf8);
        StringBuilder text = new();
        while (!utf8.IsEmpty)
        {
            if (utf8.Length >= 3 && utf8[0] == 0xED && utf8[1] >= 0xA0)
            {
                if (utf8[1] >= 0xB0 && text.Length > 0 && char.IsHighSurrogate(text[^1]))
                    return null;
                text.Append((char)(0xD000 | (utf8[1] & 0x3F) << 6 | utf8[2] & 0x3F));
                utf8 = utf8[3..];
                continue;
            }
            Rune.DecodeFromUtf8(utf8, out Rune rune, out int size);
            text.Append(rune.ToString());
            utf8 = utf8[size..];
        }
        return text.ToString();
    }
}
