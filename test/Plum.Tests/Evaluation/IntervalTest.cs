using Plum.Evaluation;
using Xunit;

namespace Plum.Tests.Evaluation;

public sealed class IntervalTest
{
    [Theory] // the formula in decimal arithmetic of 50 digits
    [InlineData(8, 10, 0.4901624715, 0.9433178485)]
    [InlineData(0, 10, 0.0, 0.2775327999)]
    [InlineData(10, 10, 0.7224672001, 1.0)]
    [InlineData(164, 400, 0.3628794776, 0.4588327354)]
    [InlineData(0, 0, 0.0, 1.0)]
    public void Wilson(int passed, int trials, double low, double high)
    {
        Interval interval = Interval.Wilson(passed, trials);
        Assert.Equal(low, interval.Low, 1e-9);
        Assert.Equal(high, interval.High, 1e-9);
    }

    [Fact]
    public void TheBootstrapOfAProportionIsNearWilsons()
    {
        double[] values = [.. Enumerable.Range(0, 400).Select(at => at < 164 ? 1.0 : 0.0)];
        Interval bootstrap = Interval.Bootstrap(values, new DrawKey(1, 0, "bootstrap")), wilson = Interval.Wilson(164, 400);
        Assert.Equal(wilson.Low, bootstrap.Low, 0.006);
        Assert.Equal(wilson.High, bootstrap.High, 0.006);
        Assert.Equal(bootstrap, Interval.Bootstrap(values, new DrawKey(1, 0, "bootstrap")));
        Assert.Equal(new Interval(1, 1), Interval.Bootstrap([1, 1, 1], new DrawKey(1, 0, "bootstrap")));
    }
}
