using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Plum.Sandboxes;

/// <summary>
/// Writes Python's marshal format, version 2, which every Python 3 reads: jobs travel to the jail in it, because
/// <c>marshal.loads</c> is the cheapest reader a child has. The other direction is read by <see cref="AnswerReader"/>.
/// </summary>
/// <param name="output">Where the bytes go.</param>
internal readonly struct MarshalWriter(IBufferWriter<byte> output)
{
    public void Tuple(int count) => Tagged('(', count);

    public void List(int count) => Tagged('[', count);

    public void Text(string text)
    {
        int size = Encoding.UTF8.GetByteCount(text);
        Tagged('u', size);
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(size)));
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Tagged('s', bytes.Length);
        output.Write(bytes);
    }

    public void Boolean(bool value) => Tag(value ? 'T' : 'F');

    public void Number(long value)
    {
        if (value is >= int.MinValue and <= int.MaxValue)
            Tagged('i', (int)value);
        else
            Long(value);
    }

    public void Raw(ReadOnlySpan<byte> marshalled) => output.Write(marshalled);

    public void Value(TypedValue value)
    {
        switch (value)
        {
            case TypedValue.None: Tag('N'); break;
            case TypedValue.Bool(bool flag): Boolean(flag); break;
            case TypedValue.Int(BigInteger number):
                if (number >= int.MinValue && number <= int.MaxValue)
                    Tagged('i', (int)number);
                else
                    Long(number);
                break;
            case TypedValue.Float(double number): Tag('g'); Double(number); break;
            case TypedValue.Complex(double real, double imaginary): Tag('y'); Double(real); Double(imaginary); break;
            case TypedValue.Str(string text): Text(text); break;
            case TypedValue.Bytes(ReadOnlyMemory<byte> bytes): Bytes(bytes.Span); break;
            case TypedValue.List(IReadOnlyList<TypedValue> items): Tagged('[', items.Count); Items(items); break;
            case TypedValue.Tuple(IReadOnlyList<TypedValue> items): Tagged('(', items.Count); Items(items); break;
            case TypedValue.Set(IReadOnlyList<TypedValue> items): Tagged('<', items.Count); Items(items); break;
            case TypedValue.FrozenSet(IReadOnlyList<TypedValue> items): Tagged('>', items.Count); Items(items); break;
            case TypedValue.Dict(IReadOnlyList<KeyValuePair<TypedValue, TypedValue>> items):
                Tag('{');
                foreach ((TypedValue key, TypedValue item) in items)
                {
                    Value(key);
                    Value(item);
                }
                Tag('0');
                break;
            default: throw new ArgumentException($"{value} cannot be an argument: it is no literal.", nameof(value));
        }
    }

    private void Items(IReadOnlyList<TypedValue> items)
    {
        foreach (TypedValue item in items)
            Value(item);
    }

    private void Long(BigInteger value)
    {
        // Digits of 15 bits, cut from the bytes: shifting the number itself takes minutes for one of megabytes.
        ReadOnlySpan<byte> magnitude = [.. BigInteger.Abs(value).ToByteArray(isUnsigned: true), 0, 0, 0];
        int digits = (int)((BigInteger.Abs(value).GetBitLength() + 14) / 15);
        Tagged('l', value.Sign < 0 ? -digits : digits);
        for (int at = 0; at < digits; at++)
        {
            long bit = at * 15L;
            int index = (int)(bit >> 3), window = magnitude[index] | magnitude[index + 1] << 8 | magnitude[index + 2] << 16;
            BinaryPrimitives.WriteUInt16LittleEndian(output.GetSpan(2), (ushort)(window >> (int)(bit & 7) & 0x7FFF));
            output.Advance(2);
        }
    }

    private void Double(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    private void Tag(char tag)
    {
        output.GetSpan(1)[0] = (byte)tag;
        output.Advance(1);
    }

    private void Tagged(char tag, int number)
    {
        Span<byte> span = output.GetSpan(5);
        span[0] = (byte)tag;
        BinaryPrimitives.WriteInt32LittleEndian(span[1..], number);
        output.Advance(5);
    }
}
