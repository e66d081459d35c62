using Plum.Evaluation;
using Xunit;

namespace Plum.Tests.Evaluation;

public sealed class PairedTestTest
{
    [Theory] // from exact fractions: min(1, 2 * sum(comb(n, i) for i <= min) / 2**n)
    [InlineData(0, 0, 1.0)]
    [InlineData(5, 5, 1.0)]
    [InlineData(10, 2, 0.03857421875)]
    [InlineData(0, 12, 0.00048828125)]
    [InlineData(600, 500, 0.0028195449914364275)]
    [InlineData(3, 40, 3.0213413992896676e-09)]
    [InlineData(1500, 1200, 8.412086328628738e-09)]
    public void McNemarIsExact(int gained, int lost, double expected)
    {
        Assert.Equal(expected, PairedTest.McNemar(gained, lost), expected * 1e-10);
        Assert.Equal(PairedTest.McNemar(gained, lost), PairedTest.McNemar(lost, gained));
    }

    [Fact]
    public void TheGainHasItsInterval()
    {
        bool[] before = [.. Enumerable.Range(0, 400).Select(task => task % 10 < 4)], after = [.. Enumerable.Range(0, 400).Select(task => task % 10 is > 0 and < 7)];
        PairedTest test = PairedTest.Compare(before, after, new DrawKey(3, 1, "paired"));
        Assert.Equal((400, 120, 40), (test.Tasks, test.Gained, test.Lost));
        Assert.Equal(0.2, test.Gain, 12);
        // The standard error of the mean of +1, -1 and 0 with these shares is 0.03.
        Assert.Equal(0.2 - (1.96 * 0.03), test.Low, 0.01);
        Assert.Equal(0.2 + (1.96 * 0.03), test.High, 0.01);
        Assert.InRange(test.PValue, 1e-11, 1e-9);
        // (1.96 sqrt(0.4) + 0.8416 sqrt(0.36))^2 / 0.04 = 76.0.
        Assert.Equal(77, test.TasksToTell());
        Assert.Null((test with { Gained = 40 }).TasksToTell());
        Assert.Throws<ArgumentException>(() => PairedTest.Compare(before, after[1..], new DrawKey(3, 1, "paired")));
    }
}
