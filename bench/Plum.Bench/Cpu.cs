using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Plum.Bench;

/// <summary>CPU time of this process and of the children that it has waited for, in ms.</summary>
internal static partial class Cpu
{
    public static double Self => Usage(0);

    public static double Children => Usage(-1);

    /// <summary>Elapsed and CPU time of an action whose child processes all end within it.</summary>
    public static async Task<(double Wall, double Self, double Children)> MeasureAsync(Func<Task> action)
    {
        double self = Self, children = Children;
        long began = Stopwatch.GetTimestamp();
        await action();
        return (Stopwatch.GetElapsedTime(began).TotalMilliseconds, Self - self, Children - children);
    }

    private static unsafe double Usage(int who)
    {
        long* usage = stackalloc long[18];
        _ = getrusage(who, usage);
        return (usage[0] + usage[2]) * 1e3 + (usage[1] + usage[3]) / 1e3;
    }

    [LibraryImport("libc")]
    private static unsafe partial int getrusage(int who, long* usage);
}
