using System.CommandLine;
using System.Runtime.InteropServices;
using Plum.Cli;

// Exit codes: 0 done, 1 the work failed, 2 bad usage or bad input, 130 stopped.
using CancellationTokenSource stop = new();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    ParseResult parsed = CommandLine.Create().Parse(args);
    if (parsed.Errors.Count > 0)
        return CommandLine.Complain(parsed);
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
}
catch (Exception failure)
{
    return Failures.Report(failure, stop.IsCancellationRequested);
}

void Stop(PosixSignalContext context)
{
    // The first asks the work to end cleanly, the second no longer asks.
    if (stop.IsCancellationRequested) return;
    context.Cancel = true;
    stop.Cancel();
}
