using Plum.Preferences;
using Xunit;

namespace Plum.Tests.Preferences;

public sealed class CommonPartsTest
{
    [Theory]
    [InlineData("", "", 0, 0, 1.0)]
    [InlineData("abc", "abc", 3, 0, 1.0)]
    [InlineData("abXcd", "abYYcd", 2, 2, 4 / 6.0)]
    [InlineData("aaa", "aa", 2, 0, 2 / 3.0)]
    [InlineData("abc", "xyz", 0, 0, 0.0)]
    [InlineData("abab", "ab", 2, 0, 0.5)]
    public void PrefixAndSuffixNeverOverlap(string first, string second, int prefix, int suffix, double similarity)
    {
        CommonParts parts = CommonParts.Of<char>(first, second);
        Assert.Equal(new CommonParts(prefix, suffix), parts);
        Assert.Equal(similarity, parts.Similarity(first.Length, second.Length), 12);
        Assert.Equal(parts, CommonParts.Of<char>(second, first));
    }
}
