using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Plum.Text;

/// <summary>
/// Scalars in TensorBoard's event files: TFRecord frames around Event messages of TensorFlow's event.proto. Nothing but
/// scalars is written. Each process opens a file of its own in the folder; TensorBoard joins them.
/// </summary>
public sealed class TensorBoardWriter : IDisposable
{
    private readonly TimeProvider time;
    private readonly FileStream file;

    /// <summary>Opens a new event file.</summary>
    /// <param name="folder">The folder; made where it is missing.</param>
    /// <param name="time">The clock.</param>
    public TensorBoardWriter(string folder, TimeProvider time)
    {
        this.time = time;
        Directory.CreateDirectory(folder);
        long seconds = time.GetUtcNow().ToUnixTimeSeconds();
        file = new FileStream(Path.Combine(folder, $"events.out.tfevents.{seconds}.plum.{Environment.ProcessId}"), FileMode.Append, FileAccess.Write, FileShare.Read);
        Frame(Event(0, message => Text(message, 3, "brain.Event:2")));
    }

    /// <summary>Writes the scalars of one step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="values">Tag and value of each.</param>
    public void Write(long step, IEnumerable<(string Tag, float Value)> values)
    {
        Frame(Event(step, message => Nested(message, 5, summary =>
        {
            foreach ((string tag, float value) in values)
            {
                Nested(summary, 1, scalar =>
                {
                    Text(scalar, 1, tag);
                    Key(scalar, 2, 5);
                    scalar.Write(BitConverter.GetBytes(value));
                });
            }
        })));
        file.Flush();
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();

    // Event: wall_time 1 (double), step 2 (int64), file_version 3 (string) or summary 5.
    private byte[] Event(long step, Action<MemoryStream> write)
    {
        using MemoryStream message = new();
        Key(message, 1, 1);
        message.Write(BitConverter.GetBytes(time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0));
        Key(message, 2, 0);
        Varint(message, (ulong)step);
        write(message);
        return message.ToArray();
    }

    // A frame is the length, its checksum, the data, its checksum.
    private void Frame(byte[] data)
    {
        Span<byte> length = stackalloc byte[8], checksum = stackalloc byte[4];
        BinaryPrimitives.WriteInt64LittleEndian(length, data.Length);
        file.Write(length);
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, Masked(length));
        file.Write(checksum);
        file.Write(data);
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, Masked(data));
        file.Write(checksum);
    }

    private static uint Masked(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in data) crc = BitOperations.Crc32C(crc, one);
        crc = ~crc;
        return BitOperations.RotateRight(crc, 15) + 0xa282ead8;
    }

    private static void Nested(MemoryStream to, int field, Action<MemoryStream> write)
    {
        using MemoryStream inner = new();
        write(inner);
        Key(to, field, 2);
        Varint(to, (ulong)inner.Length);
        inner.WriteTo(to);
    }

    private static void Text(MemoryStream to, int field, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Key(to, field, 2);
        Varint(to, (ulong)bytes.Length);
        to.Write(bytes);
    }

    private static void Key(MemoryStream to, int field, int wire) => Varint(to, (ulong)((field << 3) | wire));

    private static void Varint(MemoryStream to, ulong value)
    {
        for (; value >= 0x80; value >>= 7) to.WriteByte((byte)(value | 0x80));
        to.WriteByte((byte)value);
    }
}
