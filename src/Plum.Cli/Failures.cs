using Plum.Models;
using Plum.Torch.Training;

namespace Plum.Cli;

/// <summary>The one place where an exception becomes a line on stderr and an exit code.</summary>
internal static class Failures
{
    public const int Failed = 1;
    public const int BadInput = 2;
    public const int Stopped = 130;

    /// <summary>Tells what went wrong.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="stopped">Whether the user asked to stop.</param>
    /// <returns>The exit code.</returns>
    public static int Report(Exception failure, bool stopped)
    {
        Exception cause = failure is AggregateException { InnerExceptions: [var only] } ? only : failure;
        if (cause is OperationCanceledException && stopped)
        {
            Console.Error.WriteLine(cause is StoppedException ? $"plum: {cause.Message}" : "plum: stopped");
            return Stopped;
        }

        Console.Error.WriteLine($"plum: {Sentence(cause)}");
        bool input = cause is InputException;
        if (Environment.GetEnvironmentVariable("PLUM_TRACE") is "1")
            Console.Error.WriteLine(cause);
        else if (!input && cause is not (IOException or UnauthorizedAccessException or OutOfMemoryException or DivergenceException or ModelStoppedException))
            Console.Error.WriteLine("plum: this is a fault of Plum's; PLUM_TRACE=1 shows where it happened");
        return input ? BadInput : Failed;
    }

    private static string Sentence(Exception cause) => cause switch
    {
        InputException or DivergenceException or ModelStoppedException => cause.Message,
        IOException or UnauthorizedAccessException => cause.Message.ReplaceLineEndings(" ").Trim(),
        OutOfMemoryException => "the memory is used up: lower workers or samples, or take a smaller model",
        _ => $"{cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ").Trim()}",
    };
}

/// <summary>The user stopped the work; the message says how to go on.</summary>
/// <param name="message">What is kept and what to do.</param>
internal sealed class StoppedException(string message) : OperationCanceledException(message);
