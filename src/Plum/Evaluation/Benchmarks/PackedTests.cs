using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Plum.Sandboxes;

namespace Plum.Evaluation.Benchmarks;

/// <summary>
/// LiveCodeBench's private tests: base64 of zlib of a Python pickle. Of pickles only plain data is read: there is no
/// opcode here that could call anything.
/// </summary>
internal static class PackedTests
{
    /// <exception cref="InputException">They are something else: such a task is never judged, there every program would pass.</exception>
    public static TypedValue Read(DatasetRow row, string packed)
    {
        try
        {
            using ZLibStream stream = new(new MemoryStream(Convert.FromBase64String(packed)), CompressionMode.Decompress);
            using MemoryStream pickle = new();
            stream.CopyTo(pickle);
            return Unpickle(pickle.ToArray());
        }
        catch (Exception failure) when (failure is FormatException or InvalidDataException or ArgumentException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InputException($"{row.Where}: its tests cannot be unpacked: {failure.Message}: give {row.Wanted}", failure);
        }
    }

    private static TypedValue Unpickle(ReadOnlySpan<byte> pickle)
    {
        // Containers are lists of items until the end: a dict's are keys and values in turn.
        Stack<object> stack = new();
        Dictionary<int, object> memo = [];
        object mark = new();
        int at = 0;
        while (true)
        {
            byte opcode = pickle[at++];
            switch ((char)opcode)
            {
                case '\u0080': at++; break;
                case '\u0095': at += 8; break;
                case '\u0094': memo[memo.Count] = stack.Peek(); break;
                case 'q': memo[pickle[at++]] = stack.Peek(); break;
                case 'r': memo[BinaryPrimitives.ReadInt32LittleEndian(pickle[at..])] = stack.Peek(); at += 4; break;
                case 'h': stack.Push(memo[pickle[at++]]); break;
                case 'j': stack.Push(memo[BinaryPrimitives.ReadInt32LittleEndian(pickle[at..])]); at += 4; break;
                case '(': stack.Push(mark); break;
                case '}': stack.Push(new Container(true, [])); break;
                case ']': stack.Push(new Container(false, [])); break;
                case 'N': stack.Push(TypedValue.None.Instance); break;
                case '\u0088': stack.Push(new TypedValue.Bool(true)); break;
                case '\u0089': stack.Push(new TypedValue.Bool(false)); break;
                case 'K': stack.Push(new TypedValue.Int(pickle[at++])); break;
                case 'M': stack.Push(new TypedValue.Int(BinaryPrimitives.ReadUInt16LittleEndian(pickle[at..]))); at += 2; break;
                case 'J': stack.Push(new TypedValue.Int(BinaryPrimitives.ReadInt32LittleEndian(pickle[at..]))); at += 4; break;
                case 'G': stack.Push(new TypedValue.Float(BinaryPrimitives.ReadDoubleBigEndian(pickle[at..]))); at += 8; break;
                case '\u008C': stack.Push(Text(pickle, ref at, pickle[at], 1)); break;
                case 'X': stack.Push(Text(pickle, ref at, BinaryPrimitives.ReadInt32LittleEndian(pickle[at..]), 4)); break;
                case '\u008D': stack.Push(Text(pickle, ref at, checked((int)BinaryPrimitives.ReadInt64LittleEndian(pickle[at..])), 8)); break;
                case 'a' or 's':
                    List<object> one = [];
                    for (int taken = opcode == 's' ? 2 : 1; taken > 0; taken--) one.Insert(0, stack.Pop());
                    ((Container)stack.Peek()).Items.AddRange(one);
                    break;
                case 'e' or 'u':
                    List<object> many = [];
                    while (stack.Peek() != mark) many.Insert(0, stack.Pop());
                    stack.Pop();
                    ((Container)stack.Peek()).Items.AddRange(many);
                    break;
                case '.': return Plain(stack.Pop());
                default: throw new InvalidDataException($"their pickle holds more than plain data (opcode {opcode:X2})");
            }
        }
    }

    private static TypedValue.Str Text(ReadOnlySpan<byte> pickle, ref int at, int size, int header)
    {
        string text = Encoding.UTF8.GetString(pickle.Slice(at + header, size));
        at += header + size;
        return new(text);
    }

    private static TypedValue Plain(object value) => value switch
    {
        Container { IsDict: false } list => new TypedValue.List([.. list.Items.Select(Plain)]),
        Container dict => new TypedValue.Dict([.. dict.Items.Chunk(2).Select(pair => KeyValuePair.Create(Plain(pair[0]), Plain(pair[1])))]),
        _ => (TypedValue)value,
    };

    private sealed record Container(bool IsDict, List<object> Items);
}
