using System.Buffers;
using System.Buffers.Binary;

namespace Plum.Sandboxes;

/// <summary>
/// Writes the frame that a waiting child takes its job from: length, the child's number, then kind, source, entry point,
/// payload and limits.
/// </summary>
internal static class JobFrame
{
    private const int HeaderBytes = 8;

    /// <summary>The frame of a job, for no child yet.</summary>
    /// <param name="kind"><c>calls</c>, <c>script</c>, <c>serve</c>, <c>judge</c>, <c>build</c> or <c>stay</c>.</param>
    /// <param name="source">Python text.</param>
    /// <param name="entryPoint">The function that is called.</param>
    /// <param name="payload">Writes the calls, the tests or the standard input.</param>
    /// <param name="limits">The limits that the kernel enforces; the supervisor's own watch is finer.</param>
    /// <param name="stopAtFirst">True to stop at the first call that raises.</param>
    public static byte[] Of(string kind, string source, string entryPoint, Action<MarshalWriter> payload, Limits limits, bool stopAtFirst = false)
    {
        ArrayBufferWriter<byte> buffer = new(1024 + source.Length);
        buffer.GetSpan(HeaderBytes);
        buffer.Advance(HeaderBytes);
        MarshalWriter writer = new(buffer);
        writer.Tuple(7);
        writer.Text(kind);
        writer.Text(source);
        writer.Text(entryPoint);
        payload(writer);
        writer.Boolean(stopAtFirst);
        writer.Number(limits.CpuMilliseconds / 1000 + 2);
        writer.Number((long)limits.MemoryMegabytes << 20);
        byte[] frame = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - HeaderBytes);
        return frame;
    }

    /// <summary>Addresses a frame to one child: another that meets it refuses it.</summary>
    public static void Address(Span<byte> frame, int number) => BinaryPrimitives.WriteInt32LittleEndian(frame[4..], number);
}
