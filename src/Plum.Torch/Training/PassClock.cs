using System.Collections.Concurrent;
using System.Diagnostics;

namespace Plum.Torch.Training;

/// <summary>Where the time of passes goes, by kind of work; the times of all threads are added up.</summary>
public sealed class PassClock
{
    private readonly ConcurrentDictionary<int, long> last = [];
    private readonly ConcurrentDictionary<string, long> ticks = [];

    /// <summary>Seconds by kind, the most first.</summary>
    public IReadOnlyList<(string Kind, double Seconds)> Seconds =>
        [.. ticks.Select(one => (one.Key, one.Value / (double)Stopwatch.Frequency)).OrderByDescending(one => one.Item2)];

    /// <summary>The calling thread begins with something.</summary>
    public void Begin() => last[Environment.CurrentManagedThreadId] = Stopwatch.GetTimestamp();

    /// <summary>The calling thread has done something since it last called.</summary>
    /// <param name="kind">What.</param>
    public void Lap(string kind)
    {
        long now = Stopwatch.GetTimestamp();
        if (last.TryGetValue(Environment.CurrentManagedThreadId, out long then))
            ticks.AddOrUpdate(kind, now - then, (_, before) => before + now - then);
        last[Environment.CurrentManagedThreadId] = now;
    }
}
