using System.Globalization;

namespace Plum.Bench;

/// <summary>The most memory this process has held since a moment (VmHWM of /proc/self/status), in bytes.</summary>
internal static class PeakMemory
{
    /// <summary>Begins anew from what is held now.</summary>
    public static void Reset()
    {
        GC.Collect();
        File.WriteAllText("/proc/self/clear_refs", "5");
    }

    public static long Bytes => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
