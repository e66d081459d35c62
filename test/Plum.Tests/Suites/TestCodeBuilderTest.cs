using Plum.Sandboxes;
using Plum.Suites;
using Plum.Tests.Sandboxes;
using Plum.Verdicts;
using Xunit;

namespace Plum.Tests.Suites;

/// <summary>Suites for JavaScript: a teacher's answers, judged by node in the real sandbox.</summary>
public sealed class TestCodeBuilderTest(SandboxFixture python)
{
    private const string Sum = "function solve(xs) { return xs.filter((x) => x % 2 === 0).reduce((a, b) => a + b, 0); }";
    private const string Wrong = "const solve = (xs) => xs.length;";
    private const string Tests = """
        const assert = require('node:assert');
        assert.deepStrictEqual(solve([1, 2]), 2);
        assert.deepStrictEqual(solve([]), 0);
        assert.deepStrictEqual(solve([4, 6]), 10);
        assert.deepStrictEqual(solve([-2]), -2);
        assert.deepStrictEqual(solve([3, 5]), 0);
        """;

    private static string Fenced(string program, string tests) => $"Even numbers.\n```javascript\n{program}\n```\nAnd:\n```js\n{tests}\n```";

    private async Task<TestSuite> Ask(params string[] answers)
    {
        Assert.SkipWhen(Language.Named("javascript").ToolPath is null || python.Sandbox.Rung != SandboxLevel.Full, "node, or the sandbox's full level, is not there");
        TestCodeBuilder builder = new(new ReplayedModel([new("paper", "t", answers)]), Language.Named("javascript"),
            new ProgramVerifier(python.Sandbox, Language.Named("javascript")).VerifyAsync, 1, new(References: Math.Max(2, answers.Length)));
        List<TestSuite> suites = [];
        await foreach (TestSuite suite in builder.BuildAsync([new("t", "sum the even numbers", "solve")], 1)) suites.Add(suite);
        return Assert.Single(suites);
    }

    [Fact]
    public async Task TestCodeThatTheReferencesPassIsTheSuite()
    {
        TestSuite suite = await Ask(Fenced(Sum, Tests), Fenced(Wrong, Tests), $"```\n{Sum}\n{Tests}\n```", Fenced(Sum, ""));
        Assert.Null(suite.DropReason);
        Assert.Equal(Tests, suite.Test);
        Assert.Empty(suite.Cases);
        Assert.Equal([Sum, Wrong], suite.References);
        Assert.Equal(0.75, suite.SelfConsistency);
        Assert.Equal(2 / 3.0, suite.PaperConsistency);
        Verdict[] verdicts = [.. await new ProgramVerifier(python.Sandbox, Language.Named("javascript")).VerifyAsync(
            suite, [new("t", 0, "", Sum, [], [], "stop", 0, 1), new("t", 1, "", Wrong, [], [], "stop", 0, 1)], TestContext.Current.CancellationToken)];
        Assert.Equal([true, false], verdicts.Select(verdict => verdict.Passed));
    }

    [Fact]
    public async Task AnAssertionThatTheReferencesFailIsTakenOut()
    {
        string wrong = Tests + "\nassert.deepStrictEqual(solve([8, 8]), 8);";
        TestSuite suite = await Ask(Fenced(Sum, wrong), Fenced(Sum, wrong));
        Assert.Null(suite.DropReason);
        Assert.Equal(Tests, suite.Test);
        Assert.Equal(("assert.deepStrictEqual(solve([8, 8]), 8);", SuiteReasons.Disagreement), Assert.Single(suite.Dropped!.Select(test => (test.Arguments, test.Reason))));
        Assert.Equal(0, suite.PaperConsistency);
    }

    [Fact]
    public async Task WhatCannotBeTrustedIsDroppedWithItsReason()
    {
        Assert.Equal(SuiteReasons.NoReference, (await Ask("I cannot do that.", "```javascript\n")).DropReason);
        Assert.Equal(SuiteReasons.FewTests, (await Ask(Fenced(Sum, ""), Fenced(Sum, "assert.deepStrictEqual(solve([2]), 2);"))).DropReason);
        Assert.Equal(SuiteReasons.FewTests, (await Ask(Fenced(Wrong, Tests), Fenced(Wrong, Tests))).DropReason);
        string identity = "const assert = require('node:assert');\n" + string.Join('\n', Enumerable.Range(0, 6).Select(n => $"assert.strictEqual(solve({n}), {n});"));
        TestSuite suite = await Ask(Fenced("function solve(n) { return n; }", identity), Fenced("function solve(n) { return n; }", identity));
        Assert.Equal(SuiteReasons.Trivial, suite.DropReason);
        Assert.Null(suite.Test);
    }
}
