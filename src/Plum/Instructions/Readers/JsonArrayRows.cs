using System.Runtime.CompilerServices;
using System.Text.Json;
using Plum.Text;

namespace Plum.Instructions.Readers;

/// <summary>One JSON array of objects, plain or gzip, read an object at a time.</summary>
internal static class JsonArrayRows
{
    /// <summary>Whether a file's first letter opens an array.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">The file is missing or cannot be read.</exception>
    public static bool Begins(string path)
    {
        try
        {
            using StreamReader reader = new(DataFile.Open(path));
            int letter;
            do letter = reader.Read();
            while (letter is ' ' or '\t' or '\r' or '\n');
            return letter == '[';
        }
        catch (InvalidDataException failure)
        {
            throw DataFile.Damaged(path, failure);
        }
    }

    /// <summary>Reads a file. What follows a fault in an array is lost, so a fault always ends the reading.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">The text is not JSON, or an element is no object.</exception>
    public static async IAsyncEnumerable<SourceRow> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using Stream stream = DataFile.Open(path);
        await using IAsyncEnumerator<JsonElement> rows = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(stream, cancellationToken: cancellation).GetAsyncEnumerator(cancellation);
        for (int number = 1; ; number++)
        {
            string where = $"{path}, record {number}";
            try
            {
                if (!await rows.MoveNextAsync().ConfigureAwait(false)) yield break;
            }
            catch (JsonException failure)
            {
                // What is read ahead of the record that is asked for may hold the fault: its line is told, not a record.
                throw new InputException($"{path}, line {failure.LineNumber + 1}: not valid JSON: {failure.Message.Split(". Path:")[0].Split(" LineNumber:")[0]}: repair the file, or write an object a line", failure);
            }
            catch (InvalidDataException failure)
            {
                throw DataFile.Damaged(path, failure);
            }

            if (rows.Current.ValueKind != JsonValueKind.Object)
                throw new InputException($"{where}: this is no JSON object: an array of instructions holds objects with named columns");
            yield return new(rows.Current, where);
        }
    }
}
