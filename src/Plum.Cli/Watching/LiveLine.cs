using Plum.Rounds;
using Spectre.Console;

namespace Plum.Cli.Watching;

/// <summary>Progress for a terminal: one bar that moves, and above it a line for each stage that has ended.</summary>
/// <param name="console">The terminal.</param>
/// <param name="context">The live display.</param>
/// <param name="time">The clock.</param>
internal sealed class LiveLine(IAnsiConsole console, ProgressContext context, TimeProvider time) : IProgress<StageProgress>
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (Pace Pace, ProgressTask Bar)> stages = [];

    /// <summary>Shows what some work reports for as long as it runs.</summary>
    public static Task<T> RunAsync<T>(IAnsiConsole console, Func<IProgress<StageProgress>, Task<T>> work, TimeProvider time) =>
        console.Progress().AutoClear(true).HideCompleted(true)
            .Columns(new ProgressBarColumn { Width = 24 }, new TaskDescriptionColumn { Alignment = Justify.Left }, new SpinnerColumn())
            .StartAsync(context => work(new LiveLine(console, context, time)));

    public void Report(StageProgress value)
    {
        lock (gate)
        {
            string title = Pace.Title(value);
            if (!stages.TryGetValue(title, out (Pace Pace, ProgressTask Bar) stage))
                stages[title] = stage = (new Pace(value, time), context.AddTask(Markup.Escape(title), maxValue: Math.Max(1, value.Total)));
            stage.Bar.Value = value.Done;
            stage.Bar.Description = Markup.Escape(stage.Pace.Line(value));
            if (value.Done < value.Total) return;
            stage.Bar.StopTask();
            stages.Remove(title);
            console.MarkupLine($"[green]done[/]  {Markup.Escape(stage.Pace.Line(value))}");
        }
    }
}
