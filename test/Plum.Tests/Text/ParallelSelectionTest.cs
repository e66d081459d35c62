using Plum.Text;
using Xunit;

namespace Plum.Tests.Text;

public sealed class ParallelSelectionTest
{
    [Fact]
    public async Task TheOrderIsTheSourcesAndTheBoundHolds()
    {
        int inWork = 0, most = 0, taken = 0, given = 0, mostAhead = 0;
        IEnumerable<int> Source()
        {
            for (int item = 0; item < 60; item++)
            {
                mostAhead = Math.Max(mostAhead, ++taken - given);
                yield return item;
            }
        }

        List<int> results = [];
        await foreach (int result in Source().SelectParallel(4, async (item, stop) =>
        {
            int now = Interlocked.Increment(ref inWork);
            lock (results) most = Math.Max(most, now);
            await Task.Delay(item % 7, stop);
            Interlocked.Decrement(ref inWork);
            return item * 10;
        }))
        {
            given++;
            results.Add(result);
        }

        Assert.Equal(Enumerable.Range(0, 60).Select(item => item * 10), results);
        Assert.Equal(4, most);
        Assert.InRange(mostAhead, 5, 8);
    }

    [Fact]
    public async Task TheFirstFailureCancelsAndAwaitsTheSiblings()
    {
        int started = 0, ended = 0;
        IAsyncEnumerable<int> results = Enumerable.Range(0, 100).SelectParallel(3, async (item, stop) =>
        {
            Interlocked.Increment(ref started);
            try
            {
                // The head of the queue would wait for ever: the failure behind it has to be noticed.
                if (item == 1) throw new InvalidDataException("item 1");
                await Task.Delay(Timeout.Infinite, stop);
                return item;
            }
            finally
            {
                await Task.Delay(20, CancellationToken.None);
                Interlocked.Increment(ref ended);
            }
        });
        InvalidDataException failure = await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (int _ in results) Assert.Fail("nothing comes before the head");
        });
        Assert.Equal("item 1", failure.Message);
        Assert.Equal(started, ended);
        Assert.InRange(started, 2, 3);
    }

    [Fact]
    public async Task AConsumerThatLeavesCancelsTheRest()
    {
        int cancelled = 0;
        await foreach (int result in Enumerable.Range(0, 100).SelectParallel(2, async (item, stop) =>
        {
            if (item == 0) return item;
            try
            {
                await Task.Delay(Timeout.Infinite, stop);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref cancelled);
                throw;
            }

            return item;
        }))
        {
            Assert.Equal(0, result);
            break;
        }

        Assert.InRange(cancelled, 1, 2);
    }

    [Fact]
    public async Task TheCallersCancellationIsACancellation()
    {
        using CancellationTokenSource stop = new(20);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (int _ in Enumerable.Range(0, 9).SelectParallel(2, async (item, token) =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return item;
            }, stop.Token))
            {
            }
        });
    }
}
