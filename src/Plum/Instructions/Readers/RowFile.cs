using Plum.Text;

namespace Plum.Instructions.Readers;

/// <summary>The objects of a file, one at a time: Parquet and CSV by the file's name, JSON Lines and JSON arrays by its first letter.</summary>
internal static class RowFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="malformed">Told what is wrong with a row that cannot be read, which is then left out; null fails on it.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">The file is missing, or is none of these.</exception>
    public static IAsyncEnumerable<SourceRow> ReadAsync(string path, Action<InputException>? malformed, CancellationToken cancellation)
    {
        void Fault(InputException fault) => (malformed ?? throw fault)(fault);
        if (ParquetLines.IsNamed(path)) return ParquetRows.ReadAsync(path, cancellation);
        if (CsvRows.IsNamed(path)) return CsvRows.ReadAsync(path, Fault, cancellation);
        return JsonArrayRows.Begins(path) ? JsonArrayRows.ReadAsync(path, cancellation) : JsonLineRows.ReadAsync(path, Fault, cancellation);
    }
}
