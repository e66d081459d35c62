using Plum.Rounds;
using Spectre.Console;

namespace Plum.Cli.Watching;

/// <summary>Shows on stderr how work goes on: live on a terminal, in plain lines elsewhere.</summary>
internal static class Watch
{
    /// <summary>Does some work and shows what it reports.</summary>
    /// <param name="work">The work.</param>
    /// <param name="ifStopped">What to tell a user who stops it.</param>
    /// <param name="cancellation">Whether the user did.</param>
    public static async Task<T> RunAsync<T>(Func<IProgress<StageProgress>, Task<T>> work, string ifStopped, CancellationToken cancellation)
    {
        try
        {
            if (Console.IsErrorRedirected) return await work(new PlainLines(Console.Error, TimeProvider.System)).ConfigureAwait(false);
            IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
            return await LiveLine.RunAsync(console, work, TimeProvider.System).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new StoppedException(ifStopped);
        }
    }
}
