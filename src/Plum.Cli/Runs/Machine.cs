using System.Globalization;
using System.Runtime.InteropServices;

namespace Plum.Cli.Runs;

/// <summary>The machine that work is done on.</summary>
/// <param name="Cores">Processors that this process may use.</param>
/// <param name="Cpu">The processor's name; null where the system does not tell.</param>
/// <param name="CpuFeatures">Those of the processor's features that matrix products profit from.</param>
/// <param name="MemoryMegabytes">Memory that this process may use, in MiB.</param>
/// <param name="System">The operating system.</param>
internal sealed record Machine(int Cores, string? Cpu, IReadOnlyList<string> CpuFeatures, long MemoryMegabytes, string System)
{
    private static readonly string[] Interesting = ["avx2", "avx512f", "avx512_bf16", "amx_bf16"];

    public static Machine Here()
    {
        string[] information = File.Exists("/proc/cpuinfo") ? File.ReadAllLines("/proc/cpuinfo") : [];
        string[] flags = Value(information, "flags")?.Split(' ') ?? [];
        return new(
            Environment.ProcessorCount,
            Value(information, "model name"),
            [.. Interesting.Where(flags.Contains)],
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20,
            RuntimeInformation.OSDescription.Trim());
    }

    public string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"{Cores} cores ({Cpu ?? "unknown"}{(CpuFeatures.Count > 0 ? "; " + string.Join(", ", CpuFeatures) : "")})");

    private static string? Value(string[] information, string key) => information
        .FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) is { } line ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() : null;
}
