using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Plum.Text;

/// <summary>The one way Plum does several things at once.</summary>
public static class ParallelSelection
{
    /// <summary>
    /// Maps a sequence with bounded concurrency and yields in the source's order. At most <paramref name="parallelism"/>
    /// items are in work and at most twice as many taken from the source, so memory is bounded whatever the consumer does.
    /// The first failure cancels the siblings, waits for them, and is thrown as it was. It starts no threads:
    /// <paramref name="work"/> is concurrent as far as it is asynchronous.
    /// </summary>
    /// <param name="source">The items.</param>
    /// <param name="parallelism">How many at once, at least 1.</param>
    /// <param name="work">The mapping.</param>
    /// <param name="cancellation">Stops everything.</param>
    public static async IAsyncEnumerable<TResult> SelectParallel<T, TResult>(
        this IAsyncEnumerable<T> source,
        int parallelism,
        Func<T, CancellationToken, Task<TResult>> work,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(work);
        ArgumentOutOfRangeException.ThrowIfLessThan(parallelism, 1);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using SemaphoreSlim slots = new(parallelism);
        ExceptionDispatchInfo? first = null;
        Queue<Task<TResult>> underWay = new();
        try
        {
            await foreach (T item in source.WithCancellation(cancellation).ConfigureAwait(false))
            {
                first?.Throw();
                underWay.Enqueue(WorkAsync(item));
                if (underWay.Count >= 2 * parallelism) yield return await NextAsync().ConfigureAwait(false);
            }

            while (underWay.Count > 0) yield return await NextAsync().ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(underWay)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task<TResult> NextAsync()
        {
            Task<TResult> next = underWay.Peek();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!next.IsCompletedSuccessfully) first?.Throw();
            return await underWay.Dequeue().ConfigureAwait(false);
        }

        async Task<TResult> WorkAsync(T item)
        {
            await slots.WaitAsync(stop.Token).ConfigureAwait(false);
            try
            {
                stop.Token.ThrowIfCancellationRequested();
                return await work(item, stop.Token).ConfigureAwait(false);
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                first = ExceptionDispatchInfo.Capture(failure);
                await stop.CancelAsync().ConfigureAwait(false);
                throw;
            }
            finally
            {
                slots.Release();
            }
        }
    }

    /// <summary>As above, over items that are at hand.</summary>
    /// <param name="source">The items.</param>
    /// <param name="parallelism">How many at once, at least 1.</param>
    /// <param name="work">The mapping.</param>
    /// <param name="cancellation">Stops everything.</param>
    public static IAsyncEnumerable<TResult> SelectParallel<T, TResult>(
        this IEnumerable<T> source, int parallelism, Func<T, CancellationToken, Task<TResult>> work, CancellationToken cancellation = default) =>
        source.ToAsyncEnumerable().SelectParallel(parallelism, work, cancellation);
}
