using System.Text;
using System.Text.Json;
using Plum.Text;

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
            return JsonDocument.Parse(BareNames.Replace(text, "Infinity", "1e999"), Options).RootElement;
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
            using StreamReader reader = new(DataFile.Open(path), Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (InvalidDataException failure)
        {
            throw DataFile.Damaged(path, failure);
        }
    }
}
