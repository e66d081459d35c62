namespace Plum.Sandboxes;

/// <summary>
/// Seam 2: runs programs that may be hostile. A program's failure is a result; a failure of the sandbox itself is the
/// status <see cref="ExecutionStatus.SandboxError"/> after the implementation's own retries; only a bug is an exception.
/// </summary>
public interface ISandbox : IAsyncDisposable
{
    /// <summary>Which layers of isolation are on, for verdict files and reports.</summary>
    string Level { get; }

    /// <summary>How many executions may usefully be under way at once.</summary>
    int Parallelism { get; }

    /// <summary>Runs one program on its calls.</summary>
    /// <param name="execution">The program, the calls and their limits. It holds no expected answer.</param>
    /// <param name="cancellation">Stops waiting and frees the jail.</param>
    Task<ExecutionResult> RunAsync(Execution execution, CancellationToken cancellation);
}
