using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parquet;
using Parquet.Schema;
using Parquet.Serialization;

namespace Plum.Text;

/// <summary>
/// Parquet files as JSON objects, row by row, so that they are read like JSON Lines: texts, numbers, truth values, lists of
/// these, and lists of objects of texts, which is what conversational data is made of.
/// </summary>
public static class ParquetLines
{
    /// <summary>Whether a file is named as Parquet.</summary>
    /// <param name="path">The file.</param>
    public static bool IsNamed(string path) => path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a file, a row group in memory at a time. Null values are left out, as in JSON Lines.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">The file is missing, or is not Parquet.</exception>
    public static async IAsyncEnumerable<JsonObject> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        if (!File.Exists(path)) throw new InputException($"{path}: no such file: check the path");
        int groups = await ReadAsync(path, async file =>
        {
            await using ParquetReader reader = await ParquetReader.CreateAsync(file, cancellationToken: cancellation).ConfigureAwait(false);
            return reader.RowGroupCount;
        }).ConfigureAwait(false);
        for (int group = 0; group < groups; group++)
        {
            IEnumerable rows = await ReadAsync(path, async file =>
                (await ParquetSerializer.DeserializeUntypedAsync(file, rowGroupIndex: group, cancellationToken: cancellation).ConfigureAwait(false)).Data).ConfigureAwait(false);
            foreach (object row in rows)
                yield return (JsonObject)Node(row)!;
        }
    }

    /// <summary>Writes a file whole. Every row has the columns of the first.</summary>
    /// <param name="path">The file; it is there complete or not at all.</param>
    /// <param name="rows">At least one, of texts, whole numbers, numbers, truth values, lists of these or of objects of texts.</param>
    /// <param name="cancellation">Stops writing.</param>
    public static async Task WriteAsync(string path, IReadOnlyList<JsonObject> rows, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ParquetSchema schema = new([.. rows[0].Select(column => FieldOf(column.Key, rows.Select(row => row[column.Key]).First(value => value is not JsonArray { Count: 0 })!))]);
        IDictionary<string, object?>[] values = [.. rows.Select(row => (IDictionary<string, object?>)Record(row))];
        using MemoryStream file = new();
        await ParquetSerializer.SerializeUntypedAsync(values, schema, file, cancellationToken: cancellation).ConfigureAwait(false);
        AtomicFile.Write(path, stream => file.WriteTo(stream));
    }

    private static async Task<T> ReadAsync<T>(string path, Func<FileStream, Task<T>> read)
    {
        using FileStream file = File.OpenRead(path);
        try
        {
            return await read(file).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InputException($"{path}: not a Parquet file that can be read here ({failure.Message.ReplaceLineEndings(" ")}): write it again, or give JSON Lines", failure);
        }
    }

    private static Field FieldOf(string name, JsonNode value) => value switch
    {
        JsonArray list => new ListField(name, FieldOf("element", list[0]!)),
        JsonObject record => new StructField(name, [.. record.Select(member => FieldOf(member.Key, member.Value!))]),
        _ => value.GetValueKind() switch
        {
            JsonValueKind.String => new DataField<string>(name),
            JsonValueKind.True or JsonValueKind.False => new DataField<bool>(name),
            _ => Whole(value) ? new DataField<long>(name) : new DataField<double>(name),
        },
    };

    private static object? Value(JsonNode value) => value switch
    {
        JsonArray list => Typed([.. list.Select(item => Value(item!))]),
        JsonObject record => Record(record),
        _ => value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => Whole(value) ? (object)(value.AsValue().TryGetValue(out long whole) ? whole : value.GetValue<int>()) : value.GetValue<double>(),
        },
    };

    private static Dictionary<string, object?> Record(JsonObject record) => record.ToDictionary(member => member.Key, member => Value(member.Value!));

    // The writer goes by the static type of a list.
    private static IEnumerable Typed(List<object?> items) => items.FirstOrDefault() switch
    {
        IDictionary<string, object?> => items.Cast<IDictionary<string, object?>>().ToList(),
        string => items.Cast<string>().ToList(),
        bool => items.Cast<bool>().ToList(),
        long => items.Cast<long>().ToList(),
        double => items.Cast<double>().ToList(),
        _ => items,
    };

    private static bool Whole(JsonNode number) => number.AsValue().TryGetValue(out long _) || number.AsValue().TryGetValue(out int _);

    private static JsonNode? Node(object? value)
    {
        switch (value)
        {
            case null: return null;
            case IDictionary<string, object> record:
                JsonObject made = [];
                foreach ((string key, object member) in record)
                {
                    if (Node(member) is { } node) made[key] = node;
                }

                return made;
            case string text: return JsonValue.Create(text);
            case IEnumerable list: return new JsonArray([.. list.Cast<object?>().Select(Node)]);
            default: return JsonSerializer.SerializeToNode(value, value.GetType());
        }
    }
}
