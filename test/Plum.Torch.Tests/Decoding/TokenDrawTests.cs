using Plum.Models;
using Plum.Torch.Decoding;
using Xunit;

namespace Plum.Torch.Tests.Decoding;

public sealed class TokenDrawTests
{
    internal const int Draws = 20_000;

    public static TheoryData<string> Options => ["temp1", "temp0.8", "temp0.2", "temp1.7", "topk5", "topp0.95", "topp0.5", "minp0.1", "rep1.3", "temp0.7_topk10_topp0.9"];

    [Theory]
    [MemberData(nameof(Options))]
    public void Draws_follow_the_transformed_distribution(string name)
    {
        SamplingOptions options = LogitTransformsTests.Parse(name);
        int[] seen = [1, 5, 5, 9];
        foreach (int vocabulary in (int[])[17, 131, 1500])
        {
            RandomStream random = new DrawKey(3, 1, name, $"{vocabulary}").Open();
            float[] logits = [.. Enumerable.Range(0, vocabulary).Select(_ => (float)(2 * random.NextNormal()))];
            double[] raw = LogitTransformsTests.Softmax(logits);
            float[] transformed = [.. logits];
            LogitTransforms.Apply(transformed, options, seen);
            double[] expected = LogitTransformsTests.Softmax(transformed);

            int[] counts = new int[vocabulary];
            for (int draw = 0; draw < Draws; draw++)
            {
                int token = TokenDraw.Draw(logits, options, random.NextDouble(), out float logProb, seen);
                counts[token]++;
                Assert.True(expected[token] > 0, $"token {token} was removed");
                Assert.Equal(Math.Log(raw[token]), logProb, 1e-5);
            }

            AssertChiSquare(expected, counts);
        }
    }

    [Fact]
    public void Temperature_0_is_the_first_of_the_largest()
    {
        float[] logits = [0, 3, 1, 3];
        Assert.Equal(1, TokenDraw.Draw(logits, new SamplingOptions(0), 0.99, out float logProb));
        Assert.Equal(3 - Math.Log(1 + 2 * Math.Exp(3) + Math.E), logProb, 1e-6);
        Assert.Equal(3, TokenDraw.Draw(logits, new SamplingOptions(0, TopK: 2, RepetitionPenalty: 1.5), 0.99, out _, [1]));
    }

    [Fact]
    public void The_ends_of_the_uniform_interval_give_tokens_that_are_kept()
    {
        float[] logits = new float[2000];
        Array.Fill(logits, float.NegativeInfinity);
        logits[700] = 1;
        logits[1300] = 1;
        double last = Math.BitDecrement(1.0);
        Assert.Equal(700, TokenDraw.Draw(logits, new SamplingOptions(), 0, out _));
        Assert.Equal(1300, TokenDraw.Draw(logits, new SamplingOptions(), last, out _));
        Assert.Equal(1300, TokenDraw.Draw(logits, new SamplingOptions(0.5, TopP: 0.9), last, out float logProb));
        Assert.Equal(-Math.Log(2), logProb, 1e-6);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_diverged_row_is_an_error(float broken)
    {
        float[] logits = new float[100];
        logits[42] = broken;
        Assert.Throws<ArithmeticException>(() => TokenDraw.Draw(logits, new SamplingOptions(), 0.5, out _));
    }

    /// <summary>Pearson's statistic over tokens expected at least 5 times, the rest pooled; fails beyond 5 standard deviations.</summary>
    internal static void AssertChiSquare(double[] expected, int[] counts)
    {
        double statistic = 0, pooledExpected = 0, pooledCount = 0;
        int cells = 0;
        for (int token = 0; token < expected.Length; token++)
        {
            double mean = expected[token] * Draws;
            if (mean < 5)
            {
                pooledExpected += mean;
                pooledCount += counts[token];
                continue;
            }

            statistic += (counts[token] - mean) * (counts[token] - mean) / mean;
            cells++;
        }

        if (pooledExpected >= 5)
        {
            statistic += (pooledCount - pooledExpected) * (pooledCount - pooledExpected) / pooledExpected;
            cells++;
        }

        double freedom = cells - 1;
        Assert.True(statistic <= freedom + 5 * Math.Sqrt(2 * Math.Max(freedom, 1)), $"chi-square {statistic:F1} on {freedom} degrees of freedom");
    }
}
