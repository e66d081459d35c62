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
    private readonly Cell[] cells;
    private bool closed;

    private PythonSandbox(string interpreter, SandboxOptions options, SandboxLevel level, string description, IReadOnlyList<string> refusals)
    {
        this.interpreter = interpreter;
        this.options = options;
        this.level = level;
        Level = description;
        Refusals = refusals;
        Parallelism = options.Jails > 0 ? options.Jails : Environment.ProcessorCount;
        cells = [.. Enumerable.Range(0, Parallelism).Select(index => new Cell(interpreter, level, options, index))];
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

    /// <summary>Why no stronger level is on, a level each; empty where the strongest is.</summary>
    public IReadOnlyList<string> Refusals { get; }

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
                return [.. cells.SelectMany(cell => cell.Processes)];
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
        return new PythonSandbox(interpreter, options, rung.Level, rung.Description, rung.Refusals);
    }

    /// <inheritdoc/>
    public Task<ExecutionResult> RunAsync(Execution execution, CancellationToken cancellation) => Enqueue(new Work<ExecutionResult>(
        cell => CallRun.Run(cell.CandidatesOf(execution.HashSeed), execution, cancellation),
        why => new(ExecutionStatus.SandboxError, [], why, 0), cancellation));

    /// <summary>Runs test code against a program, each in a process of its own.</summary>
    /// <param name="execution">The program, the tests and the limits.</param>
    /// <param name="cancellation">Stops waiting and frees the jails.</param>
    public Task<SplitResult> RunSplitAsync(SplitExecution execution, CancellationToken cancellation) => Enqueue(new Work<SplitResult>(
        cell => SplitRun.Run(cell.Judge, cell.Candidates, execution, cancellation),
        why => new([CaseOutcome.Undecided], why, 0, 0), cancellation));

    /// <summary>Ends the jails. Work that waits is cancelled.</summary>
    public ValueTask DisposeAsync()
    {
        lock (queue)
        {
            closed = true;
            while (queue.TryDequeue(out Work? work))
                work.Cancel();
            Monitor.PulseAll(queue);
        }
        foreach (Thread thread in threads)
            thread.Join();
        return ValueTask.CompletedTask;
    }

    private void Serve(int index)
    {
        Cell cell = cells[index];
        while (Take() is { } work)
        {
            try
            {
                work.Run(cell);
            }
            catch (OperationCanceledException)
            {
                work.Cancel();
            }
            catch (JailException exception)
            {
                cell.Close();
                Interlocked.Increment(ref restarts);
                Retry(work, exception.Message);
            }
            catch (Exception exception)
            {
                cell.Close();
                work.Fail(exception);
            }
        }
        cell.Close();
    }

    /// <summary>Runs a program as a script on one standard input.</summary>
    /// <param name="execution">The program, its input and the limits.</param>
    /// <param name="cancellation">Stops waiting and frees the jail.</param>
    public Task<ScriptResult> RunScriptAsync(ScriptExecution execution, CancellationToken cancellation) => Enqueue(new Work<ScriptResult>(
        cell => ScriptRun.Run(cell.Candidates, execution, cancellation),
        why => new(ExecutionStatus.SandboxError, "", why, 0), cancellation));

    /// <summary>Builds and runs a program of another language together with its test.</summary>
    /// <param name="execution">The program, its test and the limits.</param>
    /// <param name="cancellation">Stops waiting and frees the jail.</param>
    /// <exception cref="InputException">The toolchain is missing, or this machine's level has no private folders.</exception>
    public Task<ProgramResult> RunProgramAsync(ProgramExecution execution, CancellationToken cancellation)
    {
        if (level != SandboxLevel.Full)
            throw new InputException($"{execution.Language.Name} programs need a private folder, which the level '{Level}' cannot give. Run where user namespaces are allowed.");
        execution.Language.Require();
        return Enqueue(new Work<ProgramResult>(cell => ProgramRun.Run(cell.Toolchains, cell.CompilerOf(execution.Language), execution, cancellation),
            why => new(CaseOutcome.Undecided, why, "", 0, []), cancellation));
    }

    private Task<T> Enqueue<T>(Work<T> work)
    {
        work.Cancellation.ThrowIfCancellationRequested();
        lock (queue)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            queue.Enqueue(work);
            Monitor.Pulse(queue);
        }
        return work.Task;
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
        work.GiveUp(why);
    }

    /// <summary>The jails of one thread: one for candidates, and one for tests once there is a test to run.</summary>
    private sealed class Cell(string interpreter, SandboxLevel level, SandboxOptions options, int index)
    {
        private Jail? candidates;
        private Judge? judge;
        private Jail? toolchains;
        private CompilerChild? compiler;
        private (int HashSeed, Jail Jail)? reseeded;

        public Jail Candidates => candidates ??= Jail.Start(interpreter, level, options, 2 * index);

        public Jail CandidatesOf(int hashSeed)
        {
            if (hashSeed == 0) return Candidates;
            if (reseeded is { } other && other.HashSeed == hashSeed) return other.Jail;
            reseeded?.Jail.Dispose();
            reseeded = (hashSeed, Jail.Start(interpreter, level, options, 400 + index, hashSeed: hashSeed));
            return reseeded.Value.Jail;
        }

        public Judge Judge => judge ??= new(Jail.Start(interpreter, level, options, 2 * index + 1));

        public Jail Toolchains => toolchains ??= Jail.Start(interpreter, level, options, 1_000 + index, Language.Folders);

        public CompilerChild? CompilerOf(Language language) => language.Compiler is null ? null
            : compiler ??= new(Jail.Start(interpreter, level, options, 1_200 + index, Language.Folders), language);

        public IEnumerable<int> Processes => new[] { candidates, judge?.Jail, toolchains, compiler?.Jail, reseeded?.Jail }.Where(jail => jail is not null).Select(jail => jail!.Process);

        public void Close()
        {
            candidates?.Dispose();
            judge?.Dispose();
            toolchains?.Dispose();
            compiler?.Dispose();
            reseeded?.Jail.Dispose();
            reseeded = null;
            candidates = toolchains = null;
            judge = null;
            compiler = null;
        }
    }

    /// <summary>Something to run in a cell, and whom to tell.</summary>
    private abstract class Work(CancellationToken cancellation)
    {
        public CancellationToken Cancellation { get; } = cancellation;

        public int Attempts { get; set; }

        public abstract void Run(Cell cell);

        public abstract void GiveUp(string why);

        public abstract void Cancel();

        public abstract void Fail(Exception exception);
    }

    private sealed class Work<T>(Func<Cell, T> run, Func<string, T> giveUp, CancellationToken cancellation) : Work(cancellation)
    {
        private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Task => completion.Task;

        public override void Run(Cell cell)
        {
            Cancellation.ThrowIfCancellationRequested();
            completion.TrySetResult(run(cell));
        }

        public override void GiveUp(string why) => completion.TrySetResult(giveUp(why));

        public override void Cancel() => completion.TrySetCanceled(Cancellation.IsCancellationRequested ? Cancellation : new CancellationToken(true));

        public override void Fail(Exception exception) => completion.TrySetException(exception);
    }
}
