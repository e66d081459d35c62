using System.Globalization;
using Plum.Rounds;

namespace Plum.Cli.Watching;

/// <summary>How fast a stage goes in this process: what a restart found done is not counted as work.</summary>
/// <param name="first">The stage's first report.</param>
/// <param name="time">The clock.</param>
internal sealed class Pace(StageProgress first, TimeProvider time)
{
    private readonly long start = time.GetTimestamp();

    public TimeSpan Elapsed => time.GetElapsedTime(start);

    /// <summary>A line: stage, round, done, rate, time left.</summary>
    public string Line(StageProgress now)
    {
        double seconds = Elapsed.TotalSeconds, rate = seconds > 0 ? (now.Done - first.Done) / seconds : 0;
        string line = $"{Title(now),-18} {Number(now.Done)}/{Number(now.Total)} {now.Unit}";
        if (now.Done >= now.Total)
            line += $"  in {Span(Elapsed)}";
        else if (rate > 0)
            line += $"  {Rate(rate)}/s  {Span(TimeSpan.FromSeconds((now.Total - now.Done) / rate))} left";
        return now.Note is { } note ? $"{line}  {note}" : line;
    }

    public static string Title(StageProgress now) => now.Round > 0 ? $"round {now.Round}  {now.Stage}" : now.Stage;

    public static string Span(TimeSpan span) => span.TotalHours >= 1 ? $"{(int)span.TotalHours} h {span.Minutes:00} min"
        : span.TotalSeconds >= 100 ? $"{(int)span.TotalMinutes} min {span.Seconds:00} s"
        : span.TotalSeconds >= 10 ? $"{span.TotalSeconds:F0} s"
        : $"{span.TotalSeconds:F1} s";

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Rate(double rate) => rate.ToString(rate >= 100 ? "N0" : rate >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture);
}
