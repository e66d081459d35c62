using Plum.Sandboxes;
using Xunit;

namespace Plum.Tests.Sandboxes;

public sealed class PythonLiteralTests
{
    [Theory]
    [InlineData("None")]
    [InlineData("True")]
    [InlineData("-7")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("1.5")]
    [InlineData("-0.0")]
    [InlineData("1e+16")]
    [InlineData("1e-05")]
    [InlineData("0.0001")]
    [InlineData("123456789.125")]
    [InlineData("1.7976931348623157e+308")]
    [InlineData("5e-324")]
    [InlineData("1000000000000000.0")]
    [InlineData("float('nan')")]
    [InlineData("float('-inf')")]
    [InlineData("(1+2j)")]
    [InlineData("2.5j")]
    [InlineData("'it'")]
    [InlineData("\"it's\"")]
    [InlineData(@"'a\n\t\\\x00'")]
    [InlineData(@"b'\xff\x00ab'")]
    [InlineData("[]")]
    [InlineData("[1, 'a', [None]]")]
    [InlineData("()")]
    [InlineData("(1,)")]
    [InlineData("(1, 2)")]
    [InlineData("{}")]
    [InlineData("{'a': 1, (1, 2): [3]}")]
    [InlineData("set()")]
    [InlineData("{1, 2}")]
    [InlineData("frozenset({1})")]
    public void WhatReprWritesReadsBackTheSame(string literal) => Assert.Equal(literal, PythonLiteral.Format(PythonLiteral.Parse(literal)));

    [Fact]
    public void BracesInBracesAndSignsAreReadOnce()
    {
        string nested = string.Concat(Enumerable.Repeat("frozenset({", 90)) + "1" + string.Concat(Enumerable.Repeat("})", 90));
        Assert.Equal(nested, PythonLiteral.Format(PythonLiteral.Parse(nested)));
        Assert.Equal("1", PythonLiteral.Format(PythonLiteral.Parse(new string('-', 1_000_000) + "1")));
    }

    [Theory]
    [InlineData("0xFF", "255")]
    [InlineData("0b101", "5")]
    [InlineData("0o17", "15")]
    [InlineData("1_000", "1000")]
    [InlineData("1E3", "1000.0")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5.0")]
    [InlineData("--3", "3")]
    [InlineData("+2", "2")]
    [InlineData("(((4)))", "4")]
    [InlineData("1 - 2j", "(1-2j)")]
    [InlineData("'a' \"b\" '''c'''", "'abc'")]
    [InlineData(@"r'\n'", @"'\\n'")]
    [InlineData("rb'\\x'", @"b'\\x'")]
    [InlineData("u'a'", "'a'")]
    [InlineData(@"'\x41\u0042\U00000043\104'", "'ABCD'")]
    [InlineData("'''two\nlines'''", @"'two\nlines'")]
    [InlineData("[1, 2, ]", "[1, 2]")]
    [InlineData("{'a': 1, 'a': 2}", "{'a': 2}")]
    [InlineData("{1, 1}", "{1}")]
    [InlineData("[1, # one\n 2]", "[1, 2]")]
    [InlineData("math.inf", "float('inf')")]
    [InlineData("set([1, 2])", "{1, 2}")]
    [InlineData("'\U0001F600'", "'\U0001F600'")]
    public void OtherSpellingsMeanTheSame(string literal, string canonical) => Assert.Equal(canonical, PythonLiteral.Format(PythonLiteral.Parse(literal)));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("1 + 1")]
    [InlineData("[1")]
    [InlineData("[1 2]")]
    [InlineData("'a")]
    [InlineData("f'{x}'")]
    [InlineData("__import__('os')")]
    [InlineData("1 2")]
    [InlineData("012")]
    [InlineData("0x")]
    [InlineData("{[1]: 2}")]
    [InlineData("{[1]}")]
    [InlineData("'a' b'b'")]
    [InlineData("lambda: 1")]
    [InlineData("-'a'")]
    [InlineData("[i for i in x]")]
    public void AnythingElseIsRefused(string text) => Assert.Throws<FormatException>(() => PythonLiteral.Parse(text));

    [Fact]
    public void ARefusalNamesTheColumn() =>
        Assert.Contains("column 5", Assert.Throws<FormatException>(() => PythonLiteral.Parse("[1, x]")).Message, StringComparison.Ordinal);

    [Fact]
    public void DeepNestingIsRefusedAndNotACrash() =>
        Assert.Throws<FormatException>(() => PythonLiteral.Parse(new string('[', 100_000)));

    [Fact]
    public void ArgumentsAreReadWithKeywords()
    {
        Call call = Call.Parse("[3, -1], 'a', k=2");
        Assert.Equal(2, call.Positional.Count);
        Assert.Equal("k", Assert.Single(call.Keywords).Key);
        Assert.Equal("[3, -1], 'a', k=2", call.ToString());
    }

    [Fact]
    public void NoArgumentsAreACall() => Assert.Empty(Call.Parse("").Positional);

    [Fact]
    public void LongValuesAreCut() => Assert.Equal("'aaaa...", PythonLiteral.Format(new TypedValue.Str(new string('a', 100)), 5));
}
