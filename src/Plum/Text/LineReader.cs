using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Plum.Text;

/// <summary>The lines of a file, plain or gzip, as bytes, so that nothing is decoded twice and bad UTF-8 is seen by the parser.</summary>
internal static class LineReader
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads lines, numbered from 1, without their line ends. A line's memory is valid until the next is asked for.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">The file is missing or cannot be read.</exception>
    public static async IAsyncEnumerable<(int Number, ReadOnlyMemory<byte> Line)> ReadAsync(
        string path, [EnumeratorCancellation] CancellationToken cancellation)
    {
        PipeReader reader = PipeReader.Create(DataFile.Open(path), new StreamPipeReaderOptions(bufferSize: 1 << 16));
        try
        {
            for (int number = 1; ;)
            {
                ReadResult result = await ReadAsync(reader, path, cancellation).ConfigureAwait(false);
                ReadOnlySequence<byte> buffer = result.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    yield return (number, Memory(buffer.Slice(0, end), number));
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                    number++;
                }

                if (result.IsCompleted)
                {
                    if (!buffer.IsEmpty) yield return (number, Memory(buffer, number));
                    yield break;
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static async ValueTask<ReadResult> ReadAsync(PipeReader reader, string path, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadAsync(cancellation).ConfigureAwait(false);
        }
        catch (InvalidDataException failure)
        {
            throw DataFile.Damaged(path, failure);
        }
    }

    private static ReadOnlyMemory<byte> Memory(ReadOnlySequence<byte> line, int number)
    {
        ReadOnlyMemory<byte> memory = line.IsSingleSegment ? line.First : line.ToArray();
        return number == 1 && memory.Span.StartsWith(ByteOrderMark) ? memory[ByteOrderMark.Length..] : memory;
    }
}
