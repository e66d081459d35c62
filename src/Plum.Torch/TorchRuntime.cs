using System.Reflection;
using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch;

/// <summary>The native library under the policy engine, for run records and for <c>plum doctor</c>.</summary>
public static class TorchRuntime
{
    /// <summary>TorchSharp's version.</summary>
    public static string Binding { get; } =
        typeof(torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>libtorch's version; loads the library.</summary>
    /// <exception cref="InputException">It cannot be loaded; the message says why and what to do.</exception>
    public static string Load()
    {
        try
        {
            return Probe();
        }
        catch (Exception failure) when (failure is DllNotFoundException or TypeInitializationException or BadImageFormatException or NotSupportedException or EntryPointNotFoundException)
        {
            Exception cause = failure.GetBaseException();
            throw new InputException(
                $"libtorch does not load ({cause.Message.ReplaceLineEndings(" ").Trim()}): Plum needs Linux on x64 with glibc 2.28 or later; build again with `dotnet build -c Release` where files are missing",
                failure);
        }
    }

    /// <summary>The type of matrix products that a recipe names.</summary>
    /// <param name="precision"><c>float32</c> or <c>bfloat16</c>.</param>
    /// <exception cref="InputException">It is neither.</exception>
    public static ScalarType TypeOf(string precision) => precision switch
    {
        "float32" => ScalarType.Float32,
        "bfloat16" => ScalarType.BFloat16,
        _ => throw new InputException($"precision '{precision}' is neither float32 nor bfloat16"),
    };

    // Apart, so that a library that does not load fails inside Load and not before it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Probe()
    {
        using Tensor one = ones(1);
        return __version__;
    }
}
