using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Checkpoints;

/// <summary>
/// One safetensors file, memory-mapped: opening reads and validates the header alone, loading a tensor copies its bytes
/// once, straight into the tensor. Safe for concurrent loads.
/// </summary>
public sealed partial class SafetensorsReader : IDisposable
{
    /// <summary>Bytes copied at once: below the 2 GB that a span can cover.</summary>
    private const long Chunk = 1L << 30;

    /// <summary>MADV_DONTNEED: of a file's pages it drops this process's view alone.</summary>
    private const int DontNeed = 4;

    private readonly MemoryMappedFile? map;
    private readonly MemoryMappedViewAccessor? view;
    private readonly long dataStart;

    private SafetensorsReader(string file, IReadOnlyDictionary<string, SafetensorsEntry> entries, long dataStart, MemoryMappedFile? map)
    {
        File = file;
        Entries = entries;
        this.dataStart = dataStart;
        this.map = map;
        view = map?.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    /// <summary>The file's path.</summary>
    public string File { get; }

    /// <summary>The tensors in the file, by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries { get; }

    /// <summary>Opens a file and validates its header.</summary>
    /// <param name="file">A .safetensors file.</param>
    /// <exception cref="InputException">It cannot be read, is cut short, or its header is malformed; the message names file and tensor.</exception>
    public static SafetensorsReader Open(string file)
    {
        TorchRuntime.Load();
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            (IReadOnlyDictionary<string, SafetensorsEntry> entries, long dataStart) = SafetensorsHeader.Read(file, stream);
            MemoryMappedFile? map = stream.Length == dataStart ? null
                : MemoryMappedFile.CreateFromFile(file, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            return new SafetensorsReader(file, entries, dataStart, map);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{file} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Loads a tensor as it is stored.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <returns>A CPU tensor of its own memory, belonging to the caller's dispose scope.</returns>
    /// <exception cref="InputException">The file has no such tensor.</exception>
    public Tensor Load(string name)
    {
        if (!Entries.TryGetValue(name, out SafetensorsEntry? entry))
            throw new InputException($"{File} has no tensor '{name}'.");
        Tensor tensor = empty(entry.Shape.ToArray(), entry.Type);
        if (entry.Length == 0) return tensor;
        using DisposeScope scope = NewDisposeScope();
        int size = SafetensorsHeader.SizeOf(entry.Type);
        Tensor flat = tensor.view(-1);
        for (long first = 0, chunk = Chunk / size, elements = entry.Shape.Elements; first < elements; first += chunk)
            Copy(dataStart + entry.Start + (first * size), flat.narrow(0, first, Math.Min(chunk, elements - first)).bytes);
        return tensor;
    }

    private unsafe void Copy(long offset, Span<byte> target)
    {
        byte* start = null;
        view!.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            byte* from = start + view.PointerOffset + offset;
            new ReadOnlySpan<byte>(from, target.Length).CopyTo(target);
            // What was copied would stay in this process's memory beside the copy until the file is closed.
            nint page = Environment.SystemPageSize, first = ((nint)from + page - 1) / page * page, end = ((nint)from + target.Length) / page * page;
            if (OperatingSystem.IsLinux() && end > first)
                _ = Advise(first, (nuint)(end - first), DontNeed);
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);

    /// <summary>Releases the mapping; loaded tensors stay.</summary>
    public void Dispose()
    {
        view?.Dispose();
        map?.Dispose();
    }
}
