using Plum.Torch.Training;
using Xunit;

namespace Plum.Torch.Tests.Training;

public sealed class MicroBatchesTests
{
    [Fact]
    public void Without_a_budget_each_worker_gets_its_share() =>
        Assert.Equal([[1, 3, 5], [2, 4]], MicroBatches.Of([1, 2, 3, 4, 5], item => item, 0, 2));

    [Fact]
    public void No_part_exceeds_the_budget_but_for_an_item_that_does_by_itself() =>
        Assert.Equal([[12], [6, 4], [3, 3, 2, 1]], MicroBatches.Of([3, 4, 12, 1, 3, 6, 2], item => item, 10, 2));
}
