using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using Plum.Text;

namespace Plum.Instructions.Readers;

/// <summary>
/// CSV (RFC 4180, a comma between columns, the first line their names) and TSV, plain or gzip. Every value is a text; one that
/// holds JSON can be entered by a <see cref="ColumnPath"/>.
/// </summary>
internal static class CsvRows
{
    private const int LongestValue = 1 << 24;

    /// <summary>Whether a file is named as CSV or TSV.</summary>
    /// <param name="path">The file.</param>
    public static bool IsNamed(string path) => Separator(path) is not null;

    /// <summary>Reads a file, a row at a time.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fault">Told what is wrong with a row; the row is left out where it returns.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">The file is missing or empty, or a quote is never closed.</exception>
    public static async IAsyncEnumerable<SourceRow> ReadAsync(string path, Action<InputException> fault, [EnumeratorCancellation] CancellationToken cancellation)
    {
        bool quotes = false;
        using StreamReader text = new(DataFile.Open(path), Encoding.UTF8);
        using CsvParser rows = new(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = Separator(path)!,
            MaxFieldSize = LongestValue,
            BadDataFound = _ => quotes = true,
        });
        if (!await ReadAsync(rows, path).ConfigureAwait(false))
            throw new InputException($"{path}: there is nothing in it: the first line names the columns");
        string[] names = rows.Record!;
        for (int line = rows.RawRow + 1; await ReadAsync(rows, path).ConfigureAwait(false); line = rows.RawRow + 1)
        {
            cancellation.ThrowIfCancellationRequested();
            string where = $"{path}, line {line}";
            string[] values = rows.Record!;
            if (quotes)
                fault(new InputException($"{where}: a quote stands where none may: put values with quotes in quotes and double those within; repair or remove the row, or give --skip-malformed"));
            else if (values.Length != names.Length)
                fault(new InputException($"{where}: {values.Length} values under {names.Length} column names: repair or remove the row, or give --skip-malformed"));
            else
                yield return new(Row(names, values), where);
            quotes = false;
        }
    }

    private static string? Separator(string path)
    {
        string name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? "," : name.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase) ? "\t" : null;
    }

    private static async Task<bool> ReadAsync(CsvParser rows, string path)
    {
        try
        {
            return await rows.ReadAsync().ConfigureAwait(false);
        }
        catch (InvalidDataException failure)
        {
            throw DataFile.Damaged(path, failure);
        }
        catch (MaxFieldSizeException failure)
        {
            throw new InputException($"{path}, line {rows.RawRow + 1}: a value of more than {LongestValue >> 20} MiB: most likely a quote before it is never closed; repair the file", failure);
        }
    }

    private static JsonElement Row(string[] names, string[] values)
    {
        Dictionary<string, string> row = [];
        for (int at = 0; at < names.Length; at++) row[names[at].Trim()] = values[at];
        return JsonSerializer.SerializeToElement(row);
    }
}
