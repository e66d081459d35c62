using System.Globalization;

namespace Plum.Bench;

/// <summary>The most memory that this process held since it was last asked to forget.</summary>
internal static class PeakMemory
{
    public static void Forget()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        File.WriteAllText("/proc/self/clear_refs", "5");
    }

    public static double Gigabytes => double.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture) / (1 << 20);
}
