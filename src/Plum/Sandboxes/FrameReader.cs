using System.Buffers.Binary;

namespace Plum.Sandboxes;

/// <summary>Walks over the frames that a child writes, from where it stopped before: <c>S</c> once, then kind, length, data.</summary>
/// <param name="started">True for a child whose <c>S</c> was read before.</param>
internal struct FrameReader(bool started = false)
{
    private int at;
    private bool started = started;

    /// <summary>True where the jail was closed around the program: what follows is the program's doing.</summary>
    public readonly bool Started => started;

    /// <summary>The next whole frame, if it is there already.</summary>
    /// <param name="bytes">All that the child has written so far.</param>
    /// <param name="kind">The frame's kind.</param>
    /// <param name="data">The frame's data.</param>
    public bool Next(ReadOnlySpan<byte> bytes, out char kind, out ReadOnlySpan<byte> data)
    {
        kind = default;
        data = default;
        if (!started)
        {
            if (bytes.IsEmpty || bytes[0] != (byte)'S')
                return false;
            started = true;
            at = 1;
        }
        if (bytes.Length - at < 5)
            return false;
        int size = BinaryPrimitives.ReadInt32LittleEndian(bytes[(at + 1)..]);
        if (size < 0 || size > bytes.Length - at - 5)
            return false;
        kind = (char)bytes[at];
        data = bytes.Slice(at + 5, size);
        at += 5 + size;
        return true;
    }
}
