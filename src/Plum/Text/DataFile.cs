using System.IO.Compression;

namespace Plum.Text;

/// <summary>A file of data that is read from its beginning to its end, plain or gzip, whatever its name says.</summary>
internal static class DataFile
{
    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its content, unpacked. Reading a damaged gzip file throws <see cref="InvalidDataException"/>.</returns>
    /// <exception cref="InputException">The file is missing or cannot be read.</exception>
    public static Stream Open(string path)
    {
        try
        {
            FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
            Span<byte> magic = stackalloc byte[2];
            bool packed = file.CanSeek && file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1F, 0x8B];
            if (file.CanSeek) file.Position = 0;
            return packed ? new GZipStream(file, CompressionMode.Decompress) : file;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path}: there is no such file: check the name", failure);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new InputException($"{path}: cannot be read: a folder has this name, or its permissions forbid it", failure);
        }
        catch (IOException failure)
        {
            throw new InputException($"{path}: cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>What a gzip file that cannot be unpacked is told.</summary>
    /// <param name="path">The file.</param>
    /// <param name="failure">What was thrown.</param>
    public static InputException Damaged(string path, InvalidDataException failure) =>
        new($"{path}: the gzip file is damaged or cut off ({failure.Message}): fetch it again", failure);
}
