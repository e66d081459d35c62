using Plum.Text;
using Xunit;

namespace Plum.Tests.Text;

public sealed class WordsTest
{
    [Theory]
    [InlineData("Write a_function, please: f(x1)!", "write a_function please f x1")]
    [InlineData("Üben, naïve e\u0301te\u0301", "üben naïve e\u0301te\u0301")]
    [InlineData("请用Python写", "请 用 python 写")]
    [InlineData(" ...\n", "")]
    public void LettersDigitsAndUnderscoresAreWords(string text, string words) => Assert.Equal(words, string.Join(' ', Words.Of(text)));
}
