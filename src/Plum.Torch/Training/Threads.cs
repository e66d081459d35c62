using System.Runtime.ExceptionServices;
using Plum.Torch.Transformers;

namespace Plum.Torch.Training;

/// <summary>Runs the same work on several threads of their own and waits for all: libtorch's scopes and grad mode belong to a thread.</summary>
internal static class Threads
{
    /// <summary>Calls <paramref name="work"/> with 0 to <paramref name="count"/> - 1, each on its own thread; the first failure is rethrown.</summary>
    public static void Run(int count, Action<int> work)
    {
        ExceptionDispatchInfo?[] failures = new ExceptionDispatchInfo?[count];
        Thread[] threads = [.. Enumerable.Range(0, count).Select(worker => new Thread(() =>
        {
            try
            {
                ComputeThread.Enter();
                work(worker);
            }
            catch (Exception failure)
            {
                failures[worker] = ExceptionDispatchInfo.Capture(failure);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        failures.FirstOrDefault(f => f is not null)?.Throw();
    }
}
