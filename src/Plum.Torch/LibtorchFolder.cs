using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Plum.Torch;

/// <summary>
/// Loads libtorch from a folder before TorchSharp looks for it: the one that was built in, or one that the user names, such as
/// the <c>lib</c> of an installed PyTorch. Whoever asks the loader for <c>libtorch.so</c> afterwards, by that name alone as
/// TorchSharp does, gets what was loaded here. A second libtorch in the same process would end it.
/// </summary>
internal static class LibtorchFolder
{
    private static readonly string[] Needed = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];

    /// <summary>Where the build puts libtorch's files.</summary>
    public static string BuiltIn { get; } = Path.Combine(AppContext.BaseDirectory, "libtorch");

    /// <summary>Loads the libtorch of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="given">What to call it in messages.</param>
    /// <returns>Its version.</returns>
    /// <exception cref="InputException">A file is missing, does not load, or is of a version that TorchSharp was not built for.</exception>
    public static string Load(string folder, string given)
    {
        if (!Directory.Exists(folder))
            throw new InputException($"{given}: there is no such folder: name the one that holds libtorch.so, such as the lib of an installed PyTorch");
        if (Array.Find(Needed, name => !File.Exists(Path.Combine(folder, name))) is { } missing)
            throw new InputException($"{given}: it has no {missing}: name the folder of all of libtorch's libraries, such as the lib of an installed PyTorch");
        if (Array.Find(Needed, name => !IsWhole(Path.Combine(folder, name))) is { } broken)
            throw new InputException($"{given}: {broken} is no library for Linux on x64, or is cut short: copy it again");
        if (Packaged() is { } packaged)
            throw new InputException($"{given}: this build brings {packaged}, and a process can hold one libtorch: build it with -p:PlumLibtorch=cpu or none");
        string? found = LibtorchVersion.Of(Open("libtorch_cpu.so"));
        if (found is null || !found.StartsWith(LibtorchVersion.Wanted + ".", StringComparison.Ordinal))
            throw new InputException($"{given}: it holds libtorch {found ?? "of a version that it does not tell"}, and TorchSharp {TorchRuntime.Binding} is built for {LibtorchVersion.Wanted}: name a folder of that version");
        // Brings the CUDA libraries along, where these are a CUDA build's files.
        Open("libtorch.so");
        return found;

        nint Open(string name)
        {
            try
            {
                return NativeLibrary.Load(Path.GetFullPath(Path.Combine(folder, name)));
            }
            catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
            {
                throw new InputException($"{given}: {name} does not load ({failure.Message.ReplaceLineEndings(" ").Trim()}): name a complete libtorch {LibtorchVersion.Wanted} for Linux on x64", failure);
            }
        }
    }

    /// <summary>Whether a file is an ELF library for x64 to its end, where the section headers are: the loader itself dies of one that is cut short.</summary>
    private static bool IsWhole(string file)
    {
        using FileStream stream = File.OpenRead(file);
        Span<byte> head = stackalloc byte[64];
        return stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length
            && head.StartsWith("\u007fELF\u0002"u8) && BinaryPrimitives.ReadUInt16LittleEndian(head[18..]) == 62
            && BinaryPrimitives.ReadInt64LittleEndian(head[40..]) + (BinaryPrimitives.ReadUInt16LittleEndian(head[58..]) * BinaryPrimitives.ReadUInt16LittleEndian(head[60..])) <= stream.Length;
    }

    /// <summary>The libtorch that TorchSharp would find by itself: a CUDA package's; null for none.</summary>
    public static string? Packaged() => (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, "libtorch_cpu.so")).FirstOrDefault(File.Exists);
}
