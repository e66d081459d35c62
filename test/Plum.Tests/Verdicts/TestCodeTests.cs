using Plum.Sandboxes;
using Plum.Verdicts;
using Xunit;

namespace Plum.Tests.Verdicts;

public sealed class TestCodeTests
{
    private static CallResult Returned(string literal) => new(CallStatus.Returned, PythonLiteral.Parse(literal));

    private static AssertCase Only(string test) => Assert.Single(TestCode.Parse("f", test).Cases);

    [Theory]
    [InlineData("assert f(1, [2]) == 3", "3")]
    [InlineData("assert f(1) == 3", "3.0")]
    [InlineData("assert 3 == f(1)", "3")]
    [InlineData("assert candidate('a)') == {'x': (1,)}, \"message, with == in it\"", "{'x': (1,)}")]
    [InlineData("assert (f(1) == 2)", "2")]
    [InlineData("assert f(1) is None", "None")]
    [InlineData("assert f(1) is True", "True")]
    [InlineData("assert f(1) in [1, 2]", "2")]
    [InlineData("assert abs(f(1) - 0.5) < 1e-6", "0.5000001")]
    [InlineData("assert math.isclose(f(1), 2.0, rel_tol=1e-3)", "2.001")]
    [InlineData("assert f(\n    [1,\n     2]\n) == 3", "3")]
    public void AssertsAboutOneCallAreUnderstood(string test, string passes) => Assert.True(Only(test).Expectation.Holds(Returned(passes)));

    [Theory]
    [InlineData("assert f(1) == 3", "4")]
    [InlineData("assert f(1) == [3]", "(3,)")]
    [InlineData("assert f(1) is True", "1")]
    [InlineData("assert f(1) in [1, 2]", "3")]
    [InlineData("assert abs(f(1) - 0.5) < 1e-6", "0.51")]
    [InlineData("assert abs(f(1) - 0.5) < 1e-6", "'0.5'")]
    [InlineData("assert f(1) == float('nan')", "None")]
    public void AndFailWhereTheValueIsAnother(string test, string fails) => Assert.False(Only(test).Expectation.Holds(Returned(fails)));

    [Theory]
    [InlineData("with pytest.raises(ValueError):\n    f(1)", "ValueError: no", true)]
    [InlineData("with pytest.raises(ValueError): f(1)", "TypeError: no", false)]
    [InlineData("with self.assertRaises(Exception):\n    f(1)", "TypeError", true)]
    [InlineData("with pytest.raises(Exception): f(1)", "SystemExit: 0", false)]
    [InlineData("with pytest.raises(ValueError): f(1)", "JSONDecodeError: no", true)]
    [InlineData("with pytest.raises(LookupError): f(1)", "KeyError: 1", true)]
    [InlineData("with pytest.raises(KeyError): f(1)", "LookupError: 1", false)]
    [InlineData("with pytest.raises(IOError): f(1)", "OSError: no", true)]
    public void ExpectedExceptionsAreUnderstood(string test, string exception, bool holds) =>
        Assert.Equal(holds, Only(test).Expectation.Holds(new(CallStatus.Raised, null, exception)));

    [Theory]
    [InlineData("assert f(1) == g(2)")]
    [InlineData("assert f(1) == 1 + 1")]
    [InlineData("assert f(f(1)) == 1")]
    [InlineData("assert f(x) == 1")]
    [InlineData("assert f(1) != 1")]
    [InlineData("assert not f(1)")]
    [InlineData("assert f(1) == 1 and f(2) == 2")]
    [InlineData("assert f(1) is not None")]
    [InlineData("for i in range(3):\n    assert f(i) == i")]
    [InlineData("x = f(1)\nassert x == 1")]
    [InlineData("assert f(1)[0] == 1")]
    [InlineData("assert len(f(1)) == 1")]
    public void AnythingElseIsLeftWhole(string test)
    {
        TestCode code = TestCode.Parse("f", test);
        Assert.Empty(code.Cases);
        Assert.Equal(test, Assert.Single(code.Rest));
    }

    [Fact]
    public void ACheckMadeOfAssertsIsTakenApart()
    {
        TestCode code = TestCode.Parse("f", "\n\nMETADATA = {\n    'author': 'x'\n}\n\n\ndef check(candidate):\n    # one\n    assert candidate(1) == 2, \"a # b\"\n\n    assert True  # trivially\n    assert candidate([\n        3]) == 4\n");
        Assert.Equal(2, code.Cases.Count);
        Assert.Empty(code.Rest);
    }
}
