using System.Text;

namespace Plum.Torch.Checkpoints.Tokenizers;

/// <summary>GPT-2's alphabet: every byte as a printable character, the printable ones of Latin-1 as themselves.</summary>
internal static class ByteLevel
{
    /// <summary>GPT-2's own pre-tokenization.</summary>
    public const string Split = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private static readonly char[] ToChar = new char[256];
    private static readonly short[] ToByte = new short[512];

    static ByteLevel()
    {
        Array.Fill(ToByte, (short)-1);
        int next = 256;
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            ToChar[value] = (char)(printable ? value : next++);
            ToByte[ToChar[value]] = (short)value;
        }
    }

    /// <summary>The bytes of a text, each as its character; a lone surrogate becomes U+FFFD first.</summary>
    public static string Map(ReadOnlySpan<char> text)
    {
        int count = Encoding.UTF8.GetByteCount(text);
        byte[]? rented = count > 512 ? new byte[count] : null;
        Span<byte> bytes = rented ?? stackalloc byte[count];
        Encoding.UTF8.GetBytes(text, bytes);
        return string.Create(count, bytes, static (characters, source) =>
        {
            for (int i = 0; i < characters.Length; i++) characters[i] = ToChar[source[i]];
        });
    }

    /// <summary>The bytes that a token stands for; where a character is not of the alphabet, the token's own UTF-8.</summary>
    public static byte[] Unmap(string token)
    {
        byte[] bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            if (token[i] >= ToByte.Length || ToByte[token[i]] < 0) return Encoding.UTF8.GetBytes(token);
            bytes[i] = (byte)ToByte[token[i]];
        }

        return bytes;
    }
}
