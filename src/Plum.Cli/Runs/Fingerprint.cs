using System.Security.Cryptography;

namespace Plum.Cli.Runs;

/// <summary>
/// Tells whether a file is the one it was: its length, and SHA-256 over the whole of it up to 64 MiB, else over the first and the
/// last 32 MiB. A change in the middle of a larger file that keeps its length is not seen; hashing tens of gigabytes at every start would cost more.
/// </summary>
/// <param name="Bytes">The length.</param>
/// <param name="Sha256">In hexadecimal.</param>
internal sealed record Fingerprint(long Bytes, string Sha256)
{
    private const int Half = 32 << 20;

    public static Fingerprint Of(string file)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, stream, stream.Length <= 2 * Half ? stream.Length : Half);
        if (stream.Length > 2 * Half)
        {
            stream.Seek(-Half, SeekOrigin.End);
            Append(hash, stream, Half);
        }

        return new(stream.Length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static void Append(IncrementalHash hash, FileStream stream, long count)
    {
        byte[] buffer = new byte[1 << 16];
        for (int read; count > 0 && (read = stream.Read(buffer, 0, (int)Math.Min(count, buffer.Length))) > 0; count -= read)
            hash.AppendData(buffer, 0, read);
    }
}
