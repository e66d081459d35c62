using Microsoft.Win32.SafeHandles;

namespace Plum.Text;

/// <summary>
/// Appends records as whole lines: a batch reaches the file in one piece or, where the disk is full, not at all.
/// A kill loses at most the batch being written, whose torn line <see cref="JsonLines.Truncate"/> removes on resume.
/// </summary>
/// <typeparam name="T">The record.</typeparam>
public sealed class JsonLinesWriter<T> : IDisposable
    where T : class
{
    private readonly string path;
    private readonly SafeFileHandle file;
    private readonly MemoryStream buffer = new();
    private long end;

    /// <summary>Opens a file for appending; what a kill left of a last line is removed first.</summary>
    /// <param name="path">The file; it and its folder are made where they are missing.</param>
    /// <param name="keep">How many lines of it may stay; all where left out.</param>
    /// <exception cref="InputException">The file cannot be opened, or another process writes it.</exception>
    public JsonLinesWriter(string path, int keep = int.MaxValue)
    {
        this.path = path;
        Lines = JsonLines.Truncate(path, keep);
        try
        {
            DiskFailure.Prepare(path);
            file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
            end = RandomAccess.GetLength(file);
        }
        catch (Exception failure) when (DiskFailure.Explain(failure, path) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>How many lines the file has.</summary>
    public int Lines { get; private set; }

    /// <summary>How many bytes the file has.</summary>
    public long Length => end;

    /// <summary>Appends one record.</summary>
    /// <param name="record">The record.</param>
    /// <exception cref="InputException">As for <see cref="Append(IReadOnlyCollection{T})"/>.</exception>
    public void Append(T record) => Append([record]);

    /// <summary>Appends a batch with one write; it is with the operating system when this returns.</summary>
    /// <param name="batch">The records.</param>
    /// <exception cref="InputException">The disk is full, and the like; the file then ends before the batch.</exception>
    public void Append(IReadOnlyCollection<T> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        buffer.SetLength(0);
        foreach (T record in batch) JsonLines.WriteLine(buffer, record);
        try
        {
            RandomAccess.Write(file, buffer.GetBuffer().AsSpan(0, (int)buffer.Length), end);
        }
        catch (Exception failure) when (DiskFailure.Explain(failure, path) is { } explained)
        {
            TakeBack();
            throw explained;
        }

        end += buffer.Length;
        Lines += batch.Count;
    }

    /// <summary>Forces what was appended to the disk.</summary>
    /// <exception cref="InputException">The disk is full, and the like.</exception>
    public void FlushToDisk()
    {
        try
        {
            RandomAccess.FlushToDisk(file);
        }
        catch (Exception failure) when (DiskFailure.Explain(failure, path) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        file.Dispose();
        buffer.Dispose();
    }

    private void TakeBack()
    {
        try
        {
            RandomAccess.SetLength(file, end);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The first failure is the one to report; a torn line is removed when the file is opened again.
        }
    }
}
