using Plum.Sandboxes;
using Xunit;

namespace Plum.Tests.Sandboxes;

public sealed class TypedValueTests
{
    [Theory]
    [InlineData("1", "1.0")]
    [InlineData("1", "True")]
    [InlineData("0", "False")]
    [InlineData("1.0", "True")]
    [InlineData("[1]", "(1,)")]
    [InlineData("[1]", "[1.0]")]
    [InlineData("{1}", "frozenset({1})")]
    [InlineData("'a'", "b'a'")]
    [InlineData("None", "0")]
    [InlineData("{1: 2}", "{1.0: 2}")]
    [InlineData("[1, 2]", "[2, 1]")]
    [InlineData("{'a': 1}", "{'a': 1, 'b': 2}")]
    [InlineData("0.1", "0.10000000000000002")]
    [InlineData("1+0j", "1.0")]
    [InlineData("''", "None")]
    public void DifferentTypesOrValuesDiffer(string left, string right) => Assert.NotEqual(PythonLiteral.Parse(left), PythonLiteral.Parse(right));

    [Theory]
    [InlineData("{1, 2, 3}", "{3, 2, 1}")]
    [InlineData("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}")]
    [InlineData("float('nan')", "float('nan')")]
    [InlineData("[float('nan')]", "[float('nan')]")]
    [InlineData("0.0", "-0.0")]
    [InlineData("{(1, 2): {3}}", "{(1, 2): {3}}")]
    public void EqualValuesAreEqualAndHashAlike(string left, string right)
    {
        Assert.Equal(PythonLiteral.Parse(left), PythonLiteral.Parse(right));
        Assert.Equal(PythonLiteral.Parse(left).GetHashCode(), PythonLiteral.Parse(right).GetHashCode());
    }

    [Fact]
    public void AnOpaqueValueEqualsNothing()
    {
        TypedValue opaque = new TypedValue.Opaque("T");
        Assert.False(opaque.Equals(opaque));
        TypedValue list = new TypedValue.List([opaque]);
        Assert.False(list.Equals(list));
    }
}
