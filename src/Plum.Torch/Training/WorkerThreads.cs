using System.Runtime.ExceptionServices;
using Plum.Torch.Transformers;

namespace Plum.Torch.Training;

/// <summary>
/// Threads that run the same work side by side, again and again: libtorch's scopes and grad mode belong to a thread. They stay for a
/// whole training, since each new thread would take over whichever of glibc's arenas is free and leave a step's memory in it.
/// </summary>
internal sealed class WorkerThreads : IDisposable
{
    private readonly Thread[] threads;
    private readonly Barrier begin, end;
    private readonly ExceptionDispatchInfo?[] failures;
    private Action<int>? work;

    /// <summary>Starts the threads.</summary>
    /// <param name="count">How many.</param>
    public WorkerThreads(int count)
    {
        Count = count;
        failures = new ExceptionDispatchInfo?[count];
        (begin, end) = (new Barrier(count + 1), new Barrier(count + 1));
        threads = [.. Enumerable.Range(0, count).Select(worker => new Thread(() => Serve(worker)) { IsBackground = true, Name = $"training {worker}" })];
        foreach (Thread thread in threads)
            thread.Start();
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>Calls <paramref name="work"/> with 0 to <see cref="Count"/> - 1, each on its own thread, and waits for all; the first failure is rethrown.</summary>
    public void Run(Action<int> work)
    {
        this.work = work;
        Array.Clear(failures);
        begin.SignalAndWait();
        end.SignalAndWait();
        failures.FirstOrDefault(failure => failure is not null)?.Throw();
    }

    private void Serve(int worker)
    {
        ComputeThread.Enter();
        while (true)
        {
            begin.SignalAndWait();
            if (work is not { } mine)
                return;
            try
            {
                mine(worker);
            }
            catch (Exception failure)
            {
                failures[worker] = ExceptionDispatchInfo.Capture(failure);
            }

            end.SignalAndWait();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        work = null;
        begin.SignalAndWait();
        foreach (Thread thread in threads)
            thread.Join();
        begin.Dispose();
        end.Dispose();
    }
}
