using Plum.Torch.Training;
using Xunit;

namespace Plum.Torch.Tests.Training;

public sealed class WorkerThreadsTests
{
    [Fact]
    public void The_same_threads_work_again_and_a_failure_reaches_the_caller()
    {
        using WorkerThreads threads = new(3);
        int[] first = new int[3], second = new int[3];
        threads.Run(worker => first[worker] = Environment.CurrentManagedThreadId);
        Assert.Equal("of one", Assert.Throws<InvalidOperationException>(() => threads.Run(worker =>
        {
            if (worker == 1) throw new InvalidOperationException("of one");
        })).Message);
        threads.Run(worker => second[worker] = Environment.CurrentManagedThreadId);
        Assert.Equal(first, second);
        Assert.Equal(3, first.Distinct().Count());
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, first);
    }
}
