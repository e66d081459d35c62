using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Plum.Evaluation.Benchmarks;

/// <summary>Published data files: JSON Lines or one JSON array, plain or gzip, also with the bare <c>Infinity</c> that Python writes.</summary>
public static class DatasetFile
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256 };

    /// <summary>Reads a file's objects, in its order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="wanted">What the file should be, for messages.</param>
    /// <exception cref="InputException">The file is missing or not JSON.</exception>
    public static IEnumerable<DatasetRow> Read(string path, string wanted)
    {
        ArgumentNullException.ThrowIfNull(path);
        string text = Text(path);
        if (text.AsSpan().TrimStart().StartsWith("["))
        {
            int at = 0;
            foreach (JsonElement row in Parse(text, path).EnumerateArray())
                yield return new(row, $"{path}, record {at + 1}", wanted, at++);
            yield break;
        }

        int number = 0, count = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                yield return new(Parse(line, $"{path}, line {number}"), $"{path}, line {number}", wanted, count++);
        }
    }

    private static JsonElement Parse(string text, string where)
    {
        try
        {
            return JsonDocument.Parse(WithoutBareNames(text), Options).RootElement;
        }
        catch (JsonException failure)
        {
            throw new InputException($"{where}: this is not JSON: {failure.Message}", failure);
        }
    }

    private static string Text(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            Span<byte> magic = stackalloc byte[2];
            bool packed = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1F, 0x8B];
            file.Position = 0;
            using StreamReader reader = new(packed ? new GZipStream(file, CompressionMode.Decompress) : file, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path}: there is no such file: check the name", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new InputException($"{path}: cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>Python's json writes Infinity and -Infinity; 1e999 reads as that and is JSON.</summary>
    private static string WithoutBareNames(string text)
    {
        if (!text.Contains("Infinity", StringComparison.Ordinal)) return text;
        StringBuilder plain = new(text.Length);
        bool inside = false;
        for (int at = 0; at < text.Length; at++)
        {
            if (inside && text[at] == '\\')
            {
                plain.Append(text[at++]);
                if (at < text.Length) plain.Append(text[at]);
                continue;
            }

            if (text[at] == '"') inside = !inside;
            if (!inside && text[at] == 'I' && text.AsSpan(at).StartsWith("Infinity"))
            {
                plain.Append("1e999");
                at += "Infinity".Length - 1;
                continue;
            }

            plain.Append(text[at]);
        }

        return plain.ToString();
    }
}
