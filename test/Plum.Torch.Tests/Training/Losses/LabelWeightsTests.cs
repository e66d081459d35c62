using Plum.Torch.Training.Losses.Labels;
using Xunit;

namespace Plum.Torch.Tests.Training.Losses;

public sealed class LabelWeightsTests
{
    [Theory]
    [InlineData(100, 100, 1, 1)]
    [InlineData(130, 100, 1, 1)]
    [InlineData(10, 100, 10, 1)]
    [InlineData(800, 100, 1, 6)]
    [InlineData(5, 0, 1, 1)]
    public void The_smaller_class_is_weighted_up_no_more_than_needed(long desirable, long undesirable, double expectedDesirable, double expectedUndesirable)
    {
        LabelWeights weights = LabelWeights.For(desirable, undesirable);
        Assert.Equal(expectedDesirable, weights.Desirable, 1e-12);
        Assert.Equal(expectedUndesirable, weights.Undesirable, 1e-12);
        Assert.Equal(undesirable > 0, weights.Balance(desirable, undesirable));
    }

    [Fact]
    public void A_given_weight_stands_and_the_other_follows()
    {
        Assert.Equal(new LabelWeights(2, 1), LabelWeights.For(50, 100, desirableWeight: 2));
        Assert.Equal(new LabelWeights(4, 2), LabelWeights.For(50, 100, undesirableWeight: 2));
        Assert.Equal(new LabelWeights(3, 5), LabelWeights.For(50, 100, 3, 5));
        Assert.Equal(new KtoLoss(0.1, 10, 1), new KtoLoss().ForCounts(10, 100));
    }
}
