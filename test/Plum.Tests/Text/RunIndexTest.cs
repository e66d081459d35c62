using Plum.Text;
using Xunit;

namespace Plum.Tests.Text;

public sealed class RunIndexTest
{
    private static IReadOnlyList<string> Of(string text) => Words.Of(text);

    [Fact]
    public void ARunOfOneTextIsFoundWithItsOwner()
    {
        RunIndex index = new(3);
        index.Add("a", Of("sort the list by length"));
        index.Add("b", Of("reverse the whole string"));
        Assert.Equal([("b", "the whole string")], index.Find(Of("Print the whole string.")));
        Assert.Empty(index.Find(Of("the whole")));
        Assert.Equal((3, 2), (index.Count("a"), index.Count("b")));
    }

    [Fact]
    public void RunsOfSeveralTextsAndRunsOfFiguresAreNobodys()
    {
        RunIndex one = new(3), two = new(3, owners: 2);
        foreach (RunIndex index in (RunIndex[])[one, two])
        {
            index.Add("a", Of("find the sum 1 2 3 4 5 x y z"));
            index.Add("b", Of("find the sum quickly"));
        }

        Assert.Empty(one.Find(Of("find the sum of 1 2 3 4 5 x y z")));
        Assert.Equal([("a", "find the sum"), ("b", "find the sum")], two.Find(Of("find the sum")));
    }
}
