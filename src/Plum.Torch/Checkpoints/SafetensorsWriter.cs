using Microsoft.Win32.SafeHandles;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Checkpoints;

/// <summary>
/// Writes one safetensors file whose contents are declared first and may then arrive in any order. The bytes depend on
/// names, shapes, types and values alone: widest type first, then by name, as the reference implementation lays them out.
/// The file appears under its name with <see cref="Commit"/> and not before.
/// </summary>
public sealed class SafetensorsWriter : IDisposable
{
    private const long Chunk = 1L << 30;

    private readonly string file;
    private readonly string temporary;
    private readonly SafeFileHandle handle;
    private readonly long dataStart;
    private readonly Dictionary<string, SafetensorsEntry> awaited;
    private bool committed;

    /// <summary>Creates the temporary file and writes its header.</summary>
    /// <param name="file">Where the file is to appear.</param>
    /// <param name="contents">Name, type and shape of every tensor.</param>
    /// <exception cref="ArgumentException">A name occurs twice, or safetensors has no such type.</exception>
    public SafetensorsWriter(string file, IEnumerable<(string Name, ScalarType Type, Shape Shape)> contents)
    {
        this.file = file;
        temporary = file + ".partial";
        List<SafetensorsEntry> entries = [];
        long end = 0;
        foreach ((string name, ScalarType type, Shape shape) in contents
            .OrderByDescending(item => SafetensorsHeader.SizeOf(item.Type)).ThenBy(item => item.Name, StringComparer.Ordinal))
        {
            long length = checked(shape.Elements * SafetensorsHeader.SizeOf(type));
            entries.Add(new SafetensorsEntry(name, type, shape, end, length));
            end = checked(end + length);
        }

        awaited = entries.ToDictionary(entry => entry.Name);
        byte[] header = SafetensorsHeader.Write(entries);
        dataStart = header.Length;
        handle = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.None, preallocationSize: dataStart + end);
        RandomAccess.Write(handle, header, 0);
    }

    /// <summary>Writes a whole file at once.</summary>
    /// <param name="file">Where the file is to appear.</param>
    /// <param name="tensors">The tensors by name, on any device.</param>
    public static void Write(string file, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using SafetensorsWriter writer = new(file, tensors.Select(item => (item.Key, item.Value.dtype, new Shape(item.Value.shape))));
        foreach ((string name, Tensor tensor) in tensors) writer.Write(name, tensor);
        writer.Commit();
    }

    /// <summary>Writes a declared tensor, converted to the declared type.</summary>
    /// <param name="name">A declared name, once each.</param>
    /// <param name="tensor">The values, on any device.</param>
    /// <exception cref="ArgumentException">The name was not declared or already written, or the shape is another.</exception>
    public void Write(string name, Tensor tensor)
    {
        if (!awaited.TryGetValue(name, out SafetensorsEntry? entry))
            throw new ArgumentException($"'{name}' was not declared, or is written already.", nameof(name));
        Shape shape = new(tensor.shape);
        if (!entry.Shape.Equals(shape)) throw new ArgumentException($"'{name}' was declared as {entry.Shape} but is {shape}.", nameof(tensor));
        awaited.Remove(name);
        if (entry.Length == 0) return;
        using DisposeScope scope = NewDisposeScope();
        int size = SafetensorsHeader.SizeOf(entry.Type);
        Tensor flat = tensor.detach().to(CPU).to(entry.Type).contiguous().view(-1);
        for (long first = 0, chunk = Chunk / size, elements = entry.Shape.Elements; first < elements; first += chunk)
        {
            using Tensor part = flat.narrow(0, first, Math.Min(chunk, elements - first));
            RandomAccess.Write(handle, part.bytes, dataStart + entry.Start + (first * size));
        }
    }

    /// <summary>Gives the file its name, once every declared tensor is on disk.</summary>
    /// <exception cref="InvalidOperationException">A declared tensor was not written.</exception>
    public void Commit()
    {
        if (awaited.Count > 0) throw new InvalidOperationException($"{file}: '{awaited.Keys.First()}' was declared but not written.");
        RandomAccess.FlushToDisk(handle);
        handle.Dispose();
        File.Move(temporary, file, overwrite: true);
        committed = true;
    }

    /// <summary>Removes the temporary file where nothing was committed.</summary>
    public void Dispose()
    {
        handle.Dispose();
        if (!committed) File.Delete(temporary);
    }
}
