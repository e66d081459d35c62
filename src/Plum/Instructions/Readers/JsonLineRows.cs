using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Plum.Text;

namespace Plum.Instructions.Readers;

/// <summary>JSON Lines, plain or gzip; also with the bare <c>NaN</c> and <c>Infinity</c> that Python writes.</summary>
internal static class JsonLineRows
{
    /// <summary>Reads a file, a line at a time.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fault">Told what is wrong with a line; the line is left out where it returns.</param>
    /// <param name="cancellation">Stops reading.</param>
    public static async IAsyncEnumerable<SourceRow> ReadAsync(string path, Action<InputException> fault, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach ((int number, ReadOnlyMemory<byte> line) in LineReader.ReadAsync(path, cancellation).ConfigureAwait(false))
        {
            if (line.Span.Trim(" \t\r"u8).IsEmpty) continue;
            string where = $"{path}, line {number}";
            if (Parse(line.Span, where, fault) is { } row) yield return new(row, where);
        }
    }

    private static JsonElement? Parse(ReadOnlySpan<byte> line, string where, Action<InputException> fault)
    {
        try
        {
            if (!Utf8.IsValid(line)) throw new JsonException("bytes that are not UTF-8");
            JsonElement row = line.IndexOf("NaN"u8) >= 0 || line.IndexOf("Infinity"u8) >= 0
                ? JsonSerializer.Deserialize<JsonElement>(BareNames.Replace(BareNames.Replace(Encoding.UTF8.GetString(line), "NaN", "null"), "Infinity", "1e999"))
                : JsonSerializer.Deserialize<JsonElement>(line);
            if (row.ValueKind == JsonValueKind.Object) return row;
            fault(new InputException($"{where}: this is no JSON object: a line holds one, in braces; repair or remove the line, or give --skip-malformed"));
        }
        catch (JsonException failure)
        {
            fault(new InputException($"{where}: not valid JSON ({failure.Message.Split(". Path:")[0].TrimEnd('.')}): a line holds one whole JSON object; repair or remove the line, or give --skip-malformed", failure));
        }

        return null;
    }
}
