using Plum.Verdicts;
using Xunit;

namespace Plum.Tests.Verdicts;

public sealed class StandardOutputTests
{
    [Theory]
    [InlineData("1\n2\n", "1\n2")]
    [InlineData("1 \n2", "1\n2  \n\n")]
    [InlineData("1\r\n2", "1\n2")]
    [InlineData("6", "6.0")]
    [InlineData("1 2.50", "1 2.5")]
    [InlineData("", "\n")]
    public void TheSameButForWhiteSpaceAndSpellingOfNumbersMatches(string expected, string got) => Assert.True(StandardOutput.Matches(expected, got));

    [Theory]
    [InlineData("6\n7\n8", "6")]
    [InlineData("6", "6\n7")]
    [InlineData("6", "5.9999999999")]
    [InlineData("Yes", "YES")]
    [InlineData("a b", "a  b")]
    [InlineData("a\n\nb", "a\nb")]
    [InlineData("1", "")]
    public void AnythingElseDoesNot(string expected, string got) => Assert.False(StandardOutput.Matches(expected, got));
}
