using System.Buffers;

namespace Plum.Sandboxes;

/// <summary>The arguments of one call. Values of arguments are made anew in each program's process.</summary>
public sealed class Call
{
    private byte[]? marshalled;

    /// <summary>A call with these arguments.</summary>
    /// <param name="positional">The positional arguments.</param>
    /// <param name="keywords">The keyword arguments; null for none.</param>
    public Call(IReadOnlyList<TypedValue> positional, IReadOnlyList<KeyValuePair<string, TypedValue>>? keywords = null)
    {
        Positional = positional;
        Keywords = keywords ?? [];
    }

    /// <summary>The positional arguments.</summary>
    public IReadOnlyList<TypedValue> Positional { get; }

    /// <summary>The keyword arguments.</summary>
    public IReadOnlyList<KeyValuePair<string, TypedValue>> Keywords { get; }

    /// <summary>Reads arguments as they stand between the parentheses of a call: <c>[3, -1], k=2</c>.</summary>
    /// <param name="arguments">Python literals, separated by commas.</param>
    /// <exception cref="FormatException">They are not; the message names the column.</exception>
    public static Call Parse(string arguments) => PythonLiteral.ParseArguments(arguments);

    /// <summary>The arguments as they stand between the parentheses of a call.</summary>
    public override string ToString() => string.Join(", ",
        Positional.Select(value => PythonLiteral.Format(value))
            .Concat(Keywords.Select(keyword => $"{keyword.Key}={PythonLiteral.Format(keyword.Value)}")));

    /// <summary>The call as marshal data, made once: one suite meets many programs.</summary>
    internal ReadOnlySpan<byte> Marshalled
    {
        get
        {
            if (marshalled is null)
            {
                ArrayBufferWriter<byte> buffer = new();
                MarshalWriter writer = new(buffer);
                writer.Tuple(2);
                writer.Value(new TypedValue.Tuple(Positional));
                writer.Value(new TypedValue.Dict([.. Keywords.Select(keyword =>
                    KeyValuePair.Create<TypedValue, TypedValue>(new TypedValue.Str(keyword.Key), keyword.Value))]));
                marshalled = buffer.WrittenSpan.ToArray();
            }
            return marshalled;
        }
    }
}
