using System.Runtime.ExceptionServices;
using Plum.Torch.Transformers;

namespace Plum.Torch.Kernels;

/// <summary>
/// Threads that compute one thing together: each runs the same work with a number of its own, and they meet between
/// parts that need each other's results. They wait by spinning, since a part lasts microseconds.
/// </summary>
internal sealed class Crew : IDisposable
{
    /// <summary>Rounds of spinning, some 20 microseconds, before a waiting thread lets others have its processor.</summary>
    private const int Patience = 200;

    /// <summary>Counters lie in cache lines of their own.</summary>
    private const int Line = 32;

    private readonly SemaphoreSlim begin = new(0);
    private readonly Thread[] others;
    private readonly int[] taken;
    private Action<int>? work;
    private int arrived;
    private volatile int meetings;
    private ExceptionDispatchInfo? failure;

    /// <summary>Starts the threads, the caller's being the first.</summary>
    /// <param name="size">How many, the caller counted.</param>
    public Crew(int size)
    {
        Size = size;
        taken = new int[(size + 1) * Line];
        others = [.. Enumerable.Range(1, size - 1).Select(part => new Thread(() => Serve(part)) { IsBackground = true, Name = $"decoding {part}" })];
        foreach (Thread thread in others)
            thread.Start();
    }

    /// <summary>How many compute.</summary>
    public int Size { get; }

    /// <summary>Runs work on every thread, each with its number from 0, and returns when all have done theirs.</summary>
    public void Run(Action<int> work)
    {
        if (Size > 1)
        {
            this.work = work;
            begin.Release(others.Length);
        }

        Do(work, 0);
        failure?.Throw();
    }

    /// <summary>
    /// A piece of the work between two meetings that nobody else takes: each thread has a share of its own, in order, so that
    /// it goes on in memory where it is; who is done helps those that were held up.
    /// </summary>
    /// <param name="part">The thread's number.</param>
    /// <param name="pieces">How many pieces there are.</param>
    /// <returns>The piece's number from 0; -1 where none is left.</returns>
    public int Take(int part, int pieces)
    {
        for (int i = 0; i < Size; i++)
        {
            int owner = (part + i) % Size, piece = (int)((long)pieces * owner / Size) + Next(owner);
            if (piece < (long)pieces * (owner + 1) / Size)
                return piece;
        }

        return -1;
    }

    /// <summary>Waits, inside of <see cref="Run"/>, until every thread has come here.</summary>
    public void Meet()
    {
        if (Size == 1)
        {
            taken[Line] = 0;
            return;
        }

        int meeting = meetings;
        if (Interlocked.Increment(ref arrived) == Size)
        {
            arrived = 0;
            for (int part = 0; part < Size; part++)
                taken[(part + 1) * Line] = 0;
            meetings = meeting + 1;
            return;
        }

        for (int round = 0; meetings == meeting; round++)
        {
            if (Volatile.Read(ref failure) is not null)
                throw new OperationCanceledException("Another thread of the crew has failed.");
            if (round < Patience)
                Thread.SpinWait(4);
            else
                Thread.Yield();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        work = null;
        begin.Release(others.Length + 1);
        foreach (Thread thread in others)
            thread.Join();
        begin.Dispose();
    }

    private int Next(int owner)
    {
        ref int counter = ref taken[(owner + 1) * Line];
        return Size == 1 ? counter++ : Interlocked.Increment(ref counter) - 1;
    }

    private void Serve(int part)
    {
        ComputeThread.Enter();
        while (true)
        {
            begin.Wait();
            if (work is not { } now)
                return;
            Do(now, part);
        }
    }

    private void Do(Action<int> now, int part)
    {
        try
        {
            now(part);
            Meet();
        }
        catch (Exception error)
        {
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(error), null);
        }
    }
}
