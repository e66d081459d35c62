using System.Text.Json;
using Plum.Evaluation;
using Xunit;

namespace Plum.Tests.Evaluation;

public sealed class PassAtKTest
{
    [Fact]
    public void EveryCaseOfHumanEvalsOwnEstimator()
    {
        using JsonDocument oracle = JsonDocument.Parse(File.ReadAllText(Repository.Oracle("pass_at_k.json")));
        int compared = 0;
        foreach (JsonElement one in oracle.RootElement.GetProperty("cases").EnumerateArray())
        {
            int n = one.GetProperty("n").GetInt32(), k = one.GetProperty("k").GetInt32();
            int[] passed = [.. one.GetProperty("c").EnumerateArray().Select(c => c.GetInt32())];
            double[] expected = [.. one.GetProperty("pass_at_k").EnumerateArray().Select(value => value.GetDouble())];
            Assert.Equal(expected.Length, passed.Length);
            for (int at = 0; at < passed.Length; at++, compared++)
                Assert.Equal(expected[at], PassAtK.Estimate(n, passed[at], k), 1e-12);
        }

        Assert.True(compared > 10, $"only {compared} cases in the oracle");
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(3, 4, 1)]
    [InlineData(3, -1, 1)]
    [InlineData(3, 1, 4)]
    [InlineData(3, 1, 0)]
    public void WhatCannotBeIsAnError(int samples, int passed, int k) =>
        Assert.ThrowsAny<ArgumentOutOfRangeException>(() => PassAtK.Estimate(samples, passed, k));
}
