using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using static TorchSharp.torch;

namespace Plum.Torch.Checkpoints;

/// <summary>A tensor within a safetensors file.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Start">Where its bytes begin, counted from the end of the header.</param>
/// <param name="Length">How many bytes it has.</param>
public sealed record SafetensorsEntry(string Name, ScalarType Type, Shape Shape, long Start, long Length);

/// <summary>
/// The JSON head of a safetensors file (huggingface/safetensors, format description): eight bytes of little-endian
/// length, a JSON object of name to dtype, shape and data_offsets, then the bytes of all tensors without gap or overlap.
/// </summary>
internal static class SafetensorsHeader
{
    private const int LongestHeader = 100_000_000;

    private static readonly (string Name, ScalarType Type, int Size)[] Types =
    [
        ("F64", ScalarType.Float64, 8), ("F32", ScalarType.Float32, 4), ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8), ("I32", ScalarType.Int32, 4), ("I16", ScalarType.Int16, 2), ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1), ("BOOL", ScalarType.Bool, 1),
    ];

    public static int SizeOf(ScalarType type) => Array.Find(Types, row => row.Type == type) is { Name: not null } row
        ? row.Size
        : throw new ArgumentException($"safetensors has no type for {type}.", nameof(type));

    /// <summary>The file's head: length and JSON, padded with spaces so that the data begins at a multiple of eight.</summary>
    public static byte[] Write(IEnumerable<SafetensorsEntry> entries)
    {
        using MemoryStream stream = new();
        stream.Write(stackalloc byte[8]);
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            json.WriteEndObject();
            foreach (SafetensorsEntry entry in entries) WriteEntry(json, entry);
            json.WriteEndObject();
        }

        while (stream.Length % 8 != 0) stream.WriteByte((byte)' ');
        byte[] bytes = stream.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bytes.Length - 8);
        return bytes;
    }

    private static void WriteEntry(Utf8JsonWriter json, SafetensorsEntry entry)
    {
        json.WriteStartObject(entry.Name);
        json.WriteString("dtype", Array.Find(Types, row => row.Type == entry.Type).Name);
        json.WriteStartArray("shape");
        foreach (long extent in entry.Shape.Extents) json.WriteNumberValue(extent);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(entry.Start);
        json.WriteNumberValue(entry.Start + entry.Length);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads and validates a head.</summary>
    /// <returns>The entries and where the data begins in the file.</returns>
    public static (IReadOnlyDictionary<string, SafetensorsEntry> Entries, long DataStart) Read(string file, Stream stream)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (stream.Length < 8) throw Broken(file, $"it has {stream.Length} bytes, fewer than the 8 that say how long its header is");
        stream.ReadExactly(prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LongestHeader) throw Broken(file, $"its header claims {length} bytes, more than the format allows");
        if ((long)length > stream.Length - 8) throw Broken(file, $"its header claims {length} bytes of a file of {stream.Length}");
        byte[] json = new byte[length];
        stream.ReadExactly(json);
        long data = stream.Length - 8 - (long)length;
        Dictionary<string, SafetensorsEntry> entries = [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw Broken(file, "its header is not a JSON object");
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.Name == "__metadata__") continue;
                if (!entries.TryAdd(property.Name, ReadEntry(file, property, data)))
                    throw Broken(file, $"tensor '{property.Name}' is listed twice");
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw Broken(file, $"its header is malformed ({error.Message})", error);
        }

        CheckCoverage(file, entries.Values, data);
        return (entries, 8 + (long)length);
    }

    private static SafetensorsEntry ReadEntry(string file, JsonProperty property, long data)
    {
        string typeName = property.Value.GetProperty("dtype").GetString() ?? "";
        (string? known, ScalarType type, int size) = Array.Find(Types, row => row.Name == typeName);
        if (known is null)
            throw new InputException($"{file}: tensor '{property.Name}' has dtype {typeName}, which is not supported; supported are {string.Join(", ", Types.Select(row => row.Name))}.");
        Shape shape = new([.. property.Value.GetProperty("shape").EnumerateArray().Select(item => item.GetInt64())]);
        JsonElement offsets = property.Value.GetProperty("data_offsets");
        if (offsets.GetArrayLength() != 2) throw Broken(file, $"tensor '{property.Name}' needs two data_offsets");
        long start = offsets[0].GetInt64(), end = offsets[1].GetInt64();
        if (start < 0 || end < start) throw Broken(file, $"tensor '{property.Name}' has data_offsets [{start}, {end}]");
        if (end > data) throw Broken(file, $"tensor '{property.Name}' ends at byte {end} of {data}; the file is cut short");
        foreach (long extent in shape.Extents)
        {
            if (extent < 0) throw Broken(file, $"tensor '{property.Name}' has the shape {shape}");
        }

        long bytes;
        try
        {
            bytes = checked(shape.Elements * size);
        }
        catch (OverflowException)
        {
            throw Broken(file, $"tensor '{property.Name}' has the impossible shape {shape}");
        }

        return bytes == end - start
            ? new SafetensorsEntry(property.Name, type, shape, start, bytes)
            : throw Broken(file, $"tensor '{property.Name}' of shape {shape} and type {typeName} needs {bytes} bytes but its data_offsets span {end - start}");
    }

    private static void CheckCoverage(string file, IEnumerable<SafetensorsEntry> entries, long data)
    {
        long reached = 0;
        foreach (SafetensorsEntry entry in entries.OrderBy(entry => entry.Start).ThenBy(entry => entry.Length))
        {
            if (entry.Start < reached) throw Broken(file, $"tensor '{entry.Name}' overlaps another");
            if (entry.Start > reached) throw Broken(file, $"{entry.Start - reached} bytes before tensor '{entry.Name}' belong to none");
            reached = entry.Start + entry.Length;
        }

        if (reached != data) throw Broken(file, $"{data - reached} bytes at its end belong to no tensor");
    }

    private static InputException Broken(string file, string what, Exception? inner = null) =>
        new($"{file} is not a valid safetensors file: {what}. Fetch it again.", inner);
}
