using System.Globalization;
using System.Runtime.InteropServices;

namespace Plum.Bench;

/// <summary>The most memory this process has held since a moment (VmHWM of /proc/self/status), in bytes.</summary>
internal static partial class PeakMemory
{
    /// <summary>Begins anew from what is held now; what was freed is given back to the system first.</summary>
    public static void Reset()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        _ = GiveBack(0);
        File.WriteAllText("/proc/self/clear_refs", "5");
    }

    public static long Bytes => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int GiveBack(nuint kept);
}
