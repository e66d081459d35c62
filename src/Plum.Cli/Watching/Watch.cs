using Plum.Rounds;
using Spectre.Console;

namespace Plum.Cli.Watching;

/// <summary>Shows on stderr how work goes on: live on a terminal, in plain lines elsewhere.</summary>
internal static class Watch
{
    public static Task<T> RunAsync<T>(Func<IProgress<StageProgress>, Task<T>> work)
    {
        if (Console.IsErrorRedirected) return work(new PlainLines(Console.Error, TimeProvider.System));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return LiveLine.RunAsync(console, work, TimeProvider.System);
    }
}
