namespace Plum.Text;

/// <summary>
/// Whole files that appear under their name complete or not at all: written beside it, forced to the disk, renamed.
/// The directory entry itself is not forced: a power cut may bring back the old file, never half of the new one.
/// </summary>
public static class AtomicFile
{
    /// <summary>Writes a file through a stream.</summary>
    /// <param name="path">The final name; its folder is made where it is missing.</param>
    /// <param name="write">Writes the content; what it throws leaves the old file untouched.</param>
    /// <exception cref="InputException">The disk is full, the folder is read-only, and the like.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            DiskFailure.Prepare(path);
            using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                // Not a `using`: disposing a BufferedStream after a failed write would try the write again.
                BufferedStream buffered = new(file, 1 << 16);
                write(buffered);
                buffered.Flush();
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception failure)
        {
            Remove(temporary);
            if (DiskFailure.Explain(failure, path) is { } explained) throw explained;
            throw;
        }
    }

    /// <summary>Writes a text as UTF-8 without a byte order mark.</summary>
    /// <param name="path">The final name.</param>
    /// <param name="text">The whole content.</param>
    /// <exception cref="InputException">As for <see cref="Write"/>.</exception>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The first failure is the one to report; what is left has a temporary name and is overwritten next time.
        }
    }
}
