using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Plum.Text;

/// <summary>
/// JSON Lines: one UTF-8 JSON object a line, empty lines skipped, a last line without its line end accepted.
/// Keys that the record does not have are skipped; keys that it needs and the line lacks are errors.
/// </summary>
public static class JsonLines
{
    /// <summary>Reads a file lazily, a line at a time.</summary>
    /// <typeparam name="T">The record; its positional parameters without a default are the required keys.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">The file is missing, or a line (named by number) is not such an object.</exception>
    public static async IAsyncEnumerable<T> ReadAsync<T>(string path, [EnumeratorCancellation] CancellationToken cancellation = default)
        where T : class
    {
        await foreach ((int number, ReadOnlyMemory<byte> line) in LineReader.ReadAsync(path, cancellation).ConfigureAwait(false))
        {
            if (Parse<T>(line.Span, path, number) is { } record) yield return record;
        }
    }

    /// <summary>Reads a whole file.</summary>
    /// <typeparam name="T">The record.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">As for <see cref="ReadAsync"/>.</exception>
    public static async Task<IReadOnlyList<T>> ReadAllAsync<T>(string path, CancellationToken cancellation = default)
        where T : class
    {
        List<T> records = [];
        await foreach (T record in ReadAsync<T>(path, cancellation).ConfigureAwait(false)) records.Add(record);
        return records;
    }

    /// <summary>Reads a whole file of records that have a unique name.</summary>
    /// <typeparam name="T">The record.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="name">A record's name.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">As for <see cref="ReadAsync"/>, or two lines have one name.</exception>
    public static async Task<IReadOnlyList<T>> ReadAllAsync<T>(string path, Func<T, string> name, CancellationToken cancellation = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(name);
        List<T> records = [];
        Dictionary<string, int> seen = [];
        await foreach ((int number, ReadOnlyMemory<byte> line) in LineReader.ReadAsync(path, cancellation).ConfigureAwait(false))
        {
            if (Parse<T>(line.Span, path, number) is not { } record) continue;
            if (!seen.TryAdd(name(record), number))
                throw new InputException($"{path}, line {number}: '{name(record)}' was already on line {seen[name(record)]}: give every line a name of its own");
            records.Add(record);
        }

        return records;
    }

    /// <summary>Writes a whole file, which appears complete or not at all.</summary>
    /// <typeparam name="T">The record.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="records">One a line.</param>
    /// <exception cref="InputException">The disk is full, the folder is read-only, and the like.</exception>
    public static void WriteAll<T>(string path, IEnumerable<T> records)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(records);
        AtomicFile.Write(path, stream =>
        {
            foreach (T record in records) WriteLine(stream, record);
        });
    }

    /// <summary>
    /// Cuts a file that a kill may have torn back to whole lines, and no more of them than <paramref name="most"/>.
    /// A last line without its line end goes even where it would parse: its writer had not finished.
    /// </summary>
    /// <param name="path">The file; a missing one has no lines.</param>
    /// <param name="most">How many lines may stay; all where left out.</param>
    /// <returns>How many lines the file has now.</returns>
    /// <exception cref="InputException">The file cannot be opened for writing.</exception>
    public static int Truncate(string path, int most = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        if (!File.Exists(path)) return 0;
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            int lines = 0;
            long position = 0, end = 0;
            byte[] buffer = new byte[1 << 16];
            for (int read; lines < most && (read = file.Read(buffer)) > 0; position += read)
            {
                for (int at = 0; lines < most && buffer.AsSpan(at, read - at).IndexOf((byte)'\n') is >= 0 and int found; at += found + 1)
                {
                    lines++;
                    end = position + at + found + 1;
                }
            }

            if (file.Length != end) file.SetLength(end);
            return lines;
        }
        catch (Exception failure) when (DiskFailure.Explain(failure, path) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>Serialises one record and its line end.</summary>
    internal static void WriteLine<T>(Stream stream, T record)
    {
        JsonSerializer.Serialize(stream, record, PlumJson.Lines);
        stream.WriteByte((byte)'\n');
    }

    /// <summary>One line's record; null for an empty line.</summary>
    internal static T? Parse<T>(ReadOnlySpan<byte> line, string path, int number)
        where T : class
    {
        if (line.Trim(" \t\r"u8).IsEmpty) return null;
        try
        {
            return JsonSerializer.Deserialize<T>(line, PlumJson.Lines)
                ?? throw new InputException($"{path}, line {number}: null stands where an object should: remove the line");
        }
        catch (JsonException failure)
        {
            throw new InputException($"{path}, line {number}: {LineFault.Describe<T>(failure)}", failure);
        }
    }
}
