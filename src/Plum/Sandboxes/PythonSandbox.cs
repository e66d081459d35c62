namespace Plum.Sandboxes;

/// <summary>
/// Runs Python programs in jails, one jail a core and one thread a jail. A jail that dies is replaced and its work tried
/// again elsewhere; what fails three times is a sandbox error and says nothing about the program.
/// </summary>
public sealed class PythonSandbox : ISandbox
{
    private const int MostAttempts = 3;

    private readonly string interpreter;
    private readonly SandboxOptions options;
    private readonly Queue<Work> queue = new();
    private readonly List<Thread> threads = [];
    private readonly SandboxLevel level;
    private readonly Jail?[] jails;
    private bool closed;

    private PythonSandbox(string interpreter, SandboxOptions options, SandboxLevel level, string description)
    {
        this.interpreter = interpreter;
        this.options = options;
        this.level = level;
        Level = description;
        Parallelism = options.Jails > 0 ? options.Jails : Environment.ProcessorCount;
        jails = new Jail?[Parallelism];
        for (int index = 0; index < Parallelism; index++)
        {
            int own = index;
            Thread thread = new(() => Serve(own)) { IsBackground = true, Name = $"jail {own}" };
            threads.Add(thread);
            thread.Start();
        }
    }

    /// <inheritdoc/>
    public string Level { get; }

    /// <summary>The rung of the ladder that <see cref="Level"/> describes in words.</summary>
    public SandboxLevel Rung => level;

    /// <inheritdoc/>
    public int Parallelism { get; }

    /// <summary>How many jails have died and been replaced.</summary>
    public int Restarts => restarts;

    /// <summary>The process ids of the fork servers that run now.</summary>
    public IReadOnlyList<int> ForkServers
    {
        get
        {
            lock (queue)
                return [.. jails.Where(jail => jail is not null).Select(jail => jail!.Process)];
        }
    }

    private int restarts;

    /// <summary>Finds the interpreter, climbs down the ladder to the strongest level this machine allows, and starts the jails.</summary>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="InputException">Not on Linux, no usable Python, or no level that may be used; the message names the way out.</exception>
    public static PythonSandbox Open(SandboxOptions? options = null)
    {
        options ??= SandboxOptions.Default;
        if (!OperatingSystem.IsLinux())
            throw new InputException("Programs are run on Linux only. On Windows use WSL, on macOS a Linux container.");
        string interpreter = PythonInterpreter.Resolve(options.Interpreter);
        Ladder.Rung rung = Ladder.Climb(interpreter, options);
        return new PythonSandbox(interpreter, options, rung.Level, rung.Description);
    }

    /// <inheritdoc/>
    public Task<ExecutionResult> RunAsync(Execution execution, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Work work = new(execution, cancellation);
        lock (queue)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            queue.Enqueue(work);
            Monitor.Pulse(queue);
        }
        return work.Completion.Task;
    }

    /// <summary>Ends the jails. Work that waits is cancelled.</summary>
    public ValueTask DisposeAsync()
    {
        lock (queue)
        {
            closed = true;
            while (queue.TryDequeue(out Work? work))
                work.Completion.TrySetCanceled();
            Monitor.PulseAll(queue);
        }
        foreach (Thread thread in threads)
            thread.Join();
        return ValueTask.CompletedTask;
    }

    private void Serve(int index)
    {
        while (Take() is { } work)
        {
            try
            {
                if (jails[index] is null)
                    Replace(index, Jail.Start(interpreter, level, options, index));
                work.Completion.TrySetResult(CallRun.Run(jails[index]!, work.Execution, work.Cancellation));
            }
            catch (OperationCanceledException)
            {
                work.Completion.TrySetCanceled(work.Cancellation);
            }
            catch (JailException exception)
            {
                Replace(index, null);
                Interlocked.Increment(ref restarts);
                Retry(work, exception.Message);
            }
            catch (Exception exception)
            {
                Replace(index, null);
                work.Completion.TrySetException(exception);
            }
        }
        Replace(index, null);
    }

    private void Replace(int index, Jail? jail)
    {
        Jail? before;
        lock (queue)
        {
            before = jails[index];
            jails[index] = jail;
        }
        before?.Dispose();
    }

    private Work? Take()
    {
        lock (queue)
        {
            while (queue.Count == 0)
            {
                if (closed)
                    return null;
                Monitor.Wait(queue);
            }
            return queue.Dequeue();
        }
    }

    private void Retry(Work work, string why)
    {
        lock (queue)
        {
            if (++work.Attempts < MostAttempts && !closed)
            {
                queue.Enqueue(work);
                Monitor.Pulse(queue);
                return;
            }
        }
        work.Completion.TrySetResult(new(ExecutionStatus.SandboxError, [], why, 0));
    }

    private sealed class Work(Execution execution, CancellationToken cancellation)
    {
        public Execution Execution { get; } = execution;

        public CancellationToken Cancellation { get; } = cancellation;

        public TaskCompletionSource<ExecutionResult> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Attempts { get; set; }
    }
}
