using Plum.Text;
using Xunit;

namespace Plum.Tests.Text;

public sealed class PromptTemplateTest
{
    [Fact]
    public void SlotsAreFilledAndDoubledBracesAreBraces()
    {
        PromptTemplate template = new("t", "Write {entry_point}: {instruction}\nLike {{1: 2}} or {{{entry_point}}}.", "instruction", "entry_point");
        Assert.Equal("Write f: say {x}\nLike {1: 2} or {f}.", template.Render(("instruction", "say {x}"), ("entry_point", "f")));
    }

    [Theory]
    [InlineData("one\ntwo {task}", "t, line 2: there is no slot {task}")]
    [InlineData("a } b", "t, line 1: a '}' stands alone")]
    [InlineData("a { b", "t, line 1: a '{' stands alone")]
    [InlineData("{}", "t, line 1: there is no slot {}")]
    public void FaultsAreNamedWhenTheTemplateIsRead(string text, string says)
    {
        InputException error = Assert.Throws<InputException>(() => new PromptTemplate("t", text, "instruction"));
        Assert.StartsWith(says, error.Message);
        Assert.Contains("double", error.Message);
    }

    [Fact]
    public void ASlotWithoutAValueIsAnError() =>
        Assert.Contains("{a}", Assert.Throws<InputException>(() => new PromptTemplate("t", "{a}", "a").Render(("b", "x"))).Message);

    [Fact]
    public void TheVersionIsTheTexts()
    {
        Assert.Equal(new PromptTemplate("a", "text").Version, new PromptTemplate("b", "text").Version);
        Assert.NotEqual(new PromptTemplate("a", "text").Version, new PromptTemplate("a", "text ").Version);
        Assert.Matches("^[0-9a-f]{16}$", new PromptTemplate("a", "text").Version);
    }

    [Fact]
    public void AMissingFileIsBadInput() => Assert.Throws<InputException>(() => PromptTemplate.Load("absent.txt", "a"));
}
