using System.Reflection;
using System.Runtime.CompilerServices;
using Plum.Torch.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch;

/// <summary>The libtorch in use.</summary>
/// <param name="Version">Its own word, such as 2.10.0.</param>
/// <param name="Folder">Where it lies, if <see cref="TorchRuntime.FolderVariable"/> named it; null for the one that was built in.</param>
public sealed record Libtorch(string Version, string? Folder)
{
    /// <summary>For people: version and place.</summary>
    public override string ToString() => $"{Version} {(Folder is null ? "as built in" : $"in {Folder}")} (TorchSharp {TorchRuntime.Binding})";
}

/// <summary>The native library under the policy engine, for run records and for <c>plum doctor</c>.</summary>
public static class TorchRuntime
{
    /// <summary>The environment variable that names a folder to load libtorch from.</summary>
    public const string FolderVariable = "PLUM_LIBTORCH";

    private static readonly Lazy<Libtorch> Loaded = new(LoadOnce);

    /// <summary>TorchSharp's version.</summary>
    public static string Binding { get; } =
        typeof(torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>Loads libtorch, once. TorchSharp does not find it by itself: what computes with tensors calls this first.</summary>
    /// <exception cref="InputException">It cannot be loaded; the message says why and what to do.</exception>
    public static Libtorch Load() => Loaded.Value;

    /// <summary>The type of matrix products that a recipe names.</summary>
    /// <param name="precision"><c>float32</c>, <c>bfloat16</c> or <c>auto</c>.</param>
    /// <param name="device">What computes; null for the processor.</param>
    /// <exception cref="InputException">It is none of these.</exception>
    public static ScalarType TypeOf(string precision, Device? device = null) => Resolve(precision, device) switch
    {
        "float32" => ScalarType.Float32,
        "bfloat16" => ScalarType.BFloat16,
        _ => throw new InputException($"precision '{precision}' is none of float32, bfloat16 and auto"),
    };

    /// <summary>What <c>auto</c> means here: <c>bfloat16</c> on a GPU and on a processor that multiplies it, <c>float32</c> elsewhere. Other words stay.</summary>
    /// <param name="precision">As a recipe names it.</param>
    /// <param name="device">What computes; null for the processor.</param>
    public static string Resolve(string precision, Device? device = null) =>
        precision != "auto" ? precision : device.IsCuda() || Processor.HasBrainProducts ? "bfloat16" : "float32";

    private static Libtorch LoadOnce()
    {
        string? named = Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder ? folder : null;
        string? given = named is null ? null : $"{FolderVariable}={named}";
        try
        {
            string? place = named ?? (Directory.Exists(LibtorchFolder.BuiltIn) ? LibtorchFolder.BuiltIn : null);
            if (place is null && LibtorchFolder.Packaged() is null)
                throw new InputException($"this build brings no libtorch: name a folder that holds libtorch {LibtorchVersion.Wanted} in {FolderVariable}, such as the lib of an installed PyTorch, or build again with `dotnet build -c Release`");
            string version = place is null ? LibtorchVersion.Wanted : LibtorchFolder.Load(place, given ?? place);
            Probe();
            return new Libtorch(version, named);
        }
        catch (Exception failure) when (failure is DllNotFoundException or TypeInitializationException or BadImageFormatException or NotSupportedException or EntryPointNotFoundException)
        {
            string cause = failure.GetBaseException().Message.ReplaceLineEndings(" ").Trim();
            throw new InputException(
                $"{(given is null ? "" : given + ": ")}libtorch does not load ({cause}): Plum needs Linux on x64 with glibc 2.28 or later; build again with `dotnet build -c Release` where files are missing, or name a folder that holds libtorch {LibtorchVersion.Wanted} in {FolderVariable}",
                failure);
        }
    }

    // Apart, so that a library that does not load fails inside LoadOnce and not before it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Probe() => ones(1).Dispose();
}
