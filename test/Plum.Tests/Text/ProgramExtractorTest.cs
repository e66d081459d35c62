using Plum.Text;
using Xunit;

namespace Plum.Tests.Text;

public sealed class ProgramExtractorTest
{
    private const string Program = "def solve(xs):\n    return sum(xs)";

    [Theory]
    [InlineData("def solve(xs):\n    return sum(xs)")]
    [InlineData("\n\ndef solve(xs):\r\n    return sum(xs)\r\n\n")]
    [InlineData("```python\ndef solve(xs):\n    return sum(xs)\n```")]
    [InlineData("```py\ndef solve(xs):\n    return sum(xs)\n```\nThis sums.")]
    [InlineData("Sure!\n\n```\ndef solve(xs):\n    return sum(xs)\n```")]
    [InlineData("Here it is: ```Python\ndef solve(xs):\n    return sum(xs)\n```")]
    [InlineData("```python\ndef solve(xs):\n    return sum(xs)")]
    [InlineData("```python\ndef solve(xs):\n    return sum(xs)```")]
    [InlineData("1. First:\n   ```python\n   def solve(xs):\n       return sum(xs)\n   ```\n")]
    [InlineData("````python\ndef solve(xs):\n    return sum(xs)\n````")]
    [InlineData("```python\ndef wrong(): pass\n```\nBetter:\n```python\ndef solve(xs):\n    return sum(xs)\n```")]
    [InlineData("```python\ndef solve(xs):\n    return sum(xs)\n```\nRun it:\n```bash\npython solve.py\n```")]
    [InlineData("```python\ndef solve(xs):\n    return sum(xs)\n```\n```python\n\n```")]
    [InlineData("Here is the function you asked for:\n\ndef solve(xs):\n    return sum(xs)\n\nThis function returns the sum of the list.")]
    [InlineData("def solve(xs):\n    return sum(xs)\nThe function adds all numbers.")]
    public void TheProgramIsFound(string completion) => Assert.Equal(Program, ProgramExtractor.Extract(completion));

    [Fact]
    public void TheBlockThatDefinesTheEntryPointWins()
    {
        string completion = $"```python\n{Program}\n```\nFor example:\n```python\nprint(solve([1]))\n```";
        Assert.Equal(Program, ProgramExtractor.Extract(completion, "solve"));
        Assert.Equal("print(solve([1]))", ProgramExtractor.Extract(completion));
        Assert.Equal("print(solve([1]))", ProgramExtractor.Extract(completion, "other"));
    }

    [Theory]
    [InlineData("import math\nfrom collections import Counter\n\nLIMIT = 10\n\ndef solve(xs):\n    return Counter(xs)")]
    [InlineData("@cache\ndef f(n):\n    return n\n\nsolve = f")]
    [InlineData("def solve(x):\n    \"\"\"Doubles.\n\nThe value is doubled and returned.\n    \"\"\"\n    return 2 * x")]
    [InlineData("def solve(x)\n    return x")]
    [InlineData("deff solve(x):\n    return x")]
    [InlineData("solve = lambda x: x")]
    [InlineData("TABLE = [\n'Some text that reads like prose',\n]\n\ndef solve(x):\n    return TABLE[x]")]
    [InlineData("# A comment of several words\ndef solve(x):\n    return x")]
    public void UnfencedCodeIsLeftAsItIs(string program) => Assert.Equal(program, ProgramExtractor.Extract(program));

    [Theory]
    [InlineData("")]
    [InlineData(" \n\n")]
    [InlineData("I am sorry, but I cannot do that.")]
    [InlineData("```python\n```")]
    public void NothingIsNothing(string completion) => Assert.Equal("", ProgramExtractor.Extract(completion));

    [Fact]
    public void BackticksInADocstringDoNotClose()
    {
        string program = "def solve(x):\n    \"\"\"\n    ```\n    solve(1)\n    ```\n    \"\"\"\n    return x";
        Assert.Equal(program, ProgramExtractor.Extract($"```python\n{program}\n```\n"));
    }

    [Fact]
    public void InlineCodeIsNotAFence() =>
        Assert.Equal(Program, ProgramExtractor.Extract($"Use `sum` and ``` `` ``` here\n{Program}"));
}
