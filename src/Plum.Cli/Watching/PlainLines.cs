using Plum.Rounds;

namespace Plum.Cli.Watching;

/// <summary>Progress for logs: a line where a stage begins, at most one every five seconds, and one where it ends.</summary>
/// <param name="writer">Where the lines go.</param>
/// <param name="time">The clock.</param>
internal sealed class PlainLines(TextWriter writer, TimeProvider time) : IProgress<StageProgress>
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);
    private readonly Lock gate = new();
    private readonly Dictionary<string, (Pace Pace, long Written)> stages = [];

    public void Report(StageProgress value)
    {
        lock (gate)
        {
            string title = Pace.Title(value);
            bool known = stages.TryGetValue(title, out (Pace Pace, long Written) stage);
            if (!known) stage.Pace = new Pace(value, time);
            bool over = value.Done >= value.Total;
            if (known && !over && time.GetElapsedTime(stage.Written) < Between) return;
            writer.WriteLine(stage.Pace.Line(value));
            if (over)
                stages.Remove(title);
            else
                stages[title] = (stage.Pace, time.GetTimestamp());
        }
    }
}
