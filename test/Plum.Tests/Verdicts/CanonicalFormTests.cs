using Plum.Verdicts;
using Xunit;

namespace Plum.Tests.Verdicts;

public sealed class CanonicalFormTests
{
    private const string Program = "def f(x, k=2):\n    y = 'a' + x\n    if y:\n        return [y,\n                k]\n    return None\n";

    [Theory]
    [InlineData("def f(x,k = 2):\n  y='a'+x\n  if y:\n     return [y, k]\n  return None")]
    [InlineData("# top\ndef f(x, k=2):  # say\n\n    \"\"\"Doc\n    string.\"\"\"\n    y = 'a' + x\n    # deep\n    if y:\n        return [y, # why\n   k]\n    return None\n\n\n")]
    [InlineData("def f(x, k=2):\r\n    y = \"a\" + x\r\n    if y:\r\n        return [y, k]\r\n    return None\r\n")]
    [InlineData("def f(x, k=2):\n\ty = 'a' \\\n + x\n\tif y:\n\t\treturn [y, k]\n\treturn None\n")]
    public void LayoutCommentsDocstringsAndQuotesDoNotCount(string other) => Assert.Equal(CanonicalForm.Of(Program), CanonicalForm.Of(other));

    [Theory]
    [InlineData("def f(x, k=2):\n    y = 'b' + x\n    if y:\n        return [y, k]\n    return None\n")]
    [InlineData("def f(x, k=2):\n    y = 'a' + x\n    if y:\n        return [y, k]\n        return None\n")]
    [InlineData("def f(x, k=2):\n    y = ' a' + x\n    if y:\n        return [y, k]\n    return None\n")]
    [InlineData("def f(x, k=2):\n    y = 'a' + x\n    if y:\n        return [yk]\n    return None\n")]
    [InlineData("def f(x, k=2):\n    y = 'a#' + x\n    if y:\n        return [y, k]\n    return None\n")]
    public void EverythingElseCounts(string other) => Assert.NotEqual(CanonicalForm.Of(Program), CanonicalForm.Of(other));

    [Theory]
    [InlineData("x = a - -b", "x = a--b")]
    [InlineData("x = a ** b", "x = a**b")]
    public void SpacesBetweenOperatorsDoNotCount(string left, string right) => Assert.Equal(CanonicalForm.Of(left), CanonicalForm.Of(right));

    [Theory]
    [InlineData("def f(x):\n    return 'a'", "def f(x):\n    return 'a")]
    [InlineData("x = 1\n", "x = 1\n\"\"\"")]
    [InlineData("if a:\n    b\nc\n", "if a:\n    b\n  c\n")]
    [InlineData("if a:\n\tb\n\tc\n", "if a:\n\tb\n        c\n")]
    [InlineData("if a:\n        if b:\n                c\n", "if a:\n        if b:\n\t\tc\n")]
    [InlineData("def f(x):\n    '1'\n    return f.__doc__", "def f(x):\n    '2'\n    return f.__doc__")]
    public void AProgramThatPythonRefusesOrThatReadsItsDocstringsIsAnother(string right, string wrong) => Assert.NotEqual(CanonicalForm.Of(right), CanonicalForm.Of(wrong));

    [Theory]
    [InlineData("")]
    [InlineData("'")]
    [InlineData("\"\"\"")]
    [InlineData("((((")]
    [InlineData("\\")]
    [InlineData("\u0000\u0001")]
    public void TextThatIsNoPythonHasAFormToo(string text) => Assert.Equal(64, CanonicalForm.Of(text).Length);
}
