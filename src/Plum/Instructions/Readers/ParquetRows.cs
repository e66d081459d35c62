using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Plum.Text;

namespace Plum.Instructions.Readers;

/// <summary>Parquet, a row group in memory at a time.</summary>
internal static class ParquetRows
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">The file is missing, or is not Parquet.</exception>
    public static async IAsyncEnumerable<SourceRow> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellation)
    {
        int number = 0;
        await foreach (JsonObject row in ParquetLines.ReadAsync(path, cancellation).ConfigureAwait(false))
            yield return new(JsonSerializer.SerializeToElement(row), $"{path}, row {++number}");
    }
}
