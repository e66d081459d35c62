namespace Plum.Rounds;

/// <summary>Adds up the seconds of stages in a small file, so that the sum survives a restart.</summary>
/// <param name="time">The clock.</param>
/// <param name="file">Where the sums are kept.</param>
/// <param name="seconds">The sums so far, by stage; changed in place.</param>
internal sealed class Stopwatch(TimeProvider time, string file, Dictionary<string, double> seconds)
{
    /// <summary>Runs a stage and adds its seconds; nothing is written where it took next to none.</summary>
    public async Task<T> TimeAsync<T>(string stage, Func<Task<T>> work)
    {
        long start = time.GetTimestamp();
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            seconds[stage] = Math.Round(seconds.GetValueOrDefault(stage) + time.GetElapsedTime(start).TotalSeconds, 3);
            RunDirectory.Write(file, seconds);
        }
    }
}
