using Plum.Sandboxes;
using Plum.Suites;
using Plum.Tests.Sandboxes;
using Xunit;

namespace Plum.Tests.Suites;

/// <summary>The Python files that make mutants and measure coverage, run in the real jail.</summary>
public sealed class MutantTest(SandboxFixture python)
{
    private async Task<CallResult> RunAsync(string script, params TypedValue[] arguments)
    {
        using Stream stream = typeof(SuiteBuilder).Assembly.GetManifestResourceStream($"Plum.Suites.Python.{script}.py")!;
        using StreamReader reader = new(stream);
        Execution execution = new(await reader.ReadToEndAsync(TestContext.Current.CancellationToken), script, [new Call(arguments)], Limits.Default);
        return Assert.Single((await python.Sandbox.RunAsync(execution, TestContext.Current.CancellationToken)).Calls);
    }

    private async Task<(string Kind, string Program)[]> MutantsAsync(string program, int most = 1_000)
    {
        CallResult result = await RunAsync("mutants", new TypedValue.Str(program), new TypedValue.Int(most));
        return [.. Assert.IsType<TypedValue.List>(result.Value).Items.Cast<TypedValue.Tuple>().Select(one => (((TypedValue.Str)one.Items[0]).Value, ((TypedValue.Str)one.Items[1]).Value))];
    }

    [Fact]
    public async Task ASumHasFourMutants() => Assert.Equal(
        [("return", "None"), ("arithmetic", "n - 1"), ("constant", "n + 2"), ("constant", "n + 0")],
        (await MutantsAsync(Lesson.Returning("n + 1"))).Select(mutant => (mutant.Kind, mutant.Program.Split("return ")[1])));

    [Theory]
    [InlineData("n < 3", "comparison", new[] { "n <= 3", "n >= 3" })]
    [InlineData("n < 3", "return", new[] { "None", "not n < 3" })]
    [InlineData("a and b", "boolean", new[] { "a or b" })]
    [InlineData("min(n)", "name", new[] { "max(n)" })]
    [InlineData("n[a:]", "slice", new[] { "n[:]", "n[a + 1:]", "n[a - 1:]" })]
    [InlineData("n[i + k]", "slice", new[] { "n[i + k + 1]", "n[i + k - 1]" })]
    [InlineData("[x for x in n if x]", "condition", new[] { "[x for x in n]", "[x for x in n if not x]" })]
    [InlineData("list(range(n))", "loop", new[] { "list(range(n + 1))", "list(range(n - 1))" })]
    [InlineData("not n", "boolean", new[] { "n" })]
    [InlineData("True", "constant", new[] { "False" })]
    [InlineData("'ab'", "constant", new[] { "'a'" })]
    public async Task EveryOperatorDoesWhatItsNameSays(string expression, string kind, string[] expected) => Assert.Equal(
        expected, (await MutantsAsync(Lesson.Returning(expression))).Where(mutant => mutant.Kind == kind).Select(mutant => mutant.Program.Split("return ")[1]));

    [Fact]
    public async Task StatementsAndLoopsAreChangedAndTextsAreNot()
    {
        (string Kind, string Program)[] mutants = await MutantsAsync("""
            def solve(xs: list = [1]) -> int:
                "What it does."
                total = 0
                for x in xs:
                    if x > 3:
                        break
                    total += x
                return total
            """);
        Assert.Equal(4, mutants.Count(mutant => mutant.Kind == "deletion" && mutant.Program.Contains("    pass", StringComparison.Ordinal)) - 1);
        Assert.Equal(["for x in []:", "continue"], mutants.Where(mutant => mutant.Kind == "loop").Select(mutant => mutant.Program.Contains("in []", StringComparison.Ordinal) ? "for x in []:" : "continue"));
        Assert.All(mutants, mutant => Assert.Contains("What it does.", mutant.Program));
        Assert.Equal(mutants.Length, mutants.Select(mutant => mutant.Program).Distinct().Count());
    }

    [Fact]
    public async Task TheyAreBoundedAndSpreadAndTheSameAgain()
    {
        string program = "def solve(n):\n" + string.Concat(Enumerable.Range(0, 60).Select(at => $"    n = n + {at}\n")) + "    return n";
        (string Kind, string Program)[] few = await MutantsAsync(program, 20);
        Assert.Equal(20, few.Length);
        Assert.Equal(few, await MutantsAsync(program, 20));
        foreach (int tenth in Enumerable.Range(0, 6))
            Assert.Contains(few, mutant => Enumerable.Range(10 * tenth, 10).Any(at => !mutant.Program.Contains($"n = n + {at}\n", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task WhatIsNoPythonHasNone() => Assert.Equal(CallStatus.Raised, (await RunAsync("mutants", new TypedValue.Str("def solve(n:"), new TypedValue.Int(5))).Status);

    [Theory]
    [InlineData("[([1, 3],), ([5],)]", 6, 5, 4, 2)]
    [InlineData("[([1, 4],), ([],)]", 6, 6, 4, 4)]
    [InlineData("[]", 6, 0, 4, 0)]
    public async Task CoverageCountsLinesAndOutcomesOfConditions(string calls, int lines, int reached, int branches, int taken)
    {
        string program = "def solve(xs):\n    total = 0\n    for x in xs:\n        if x > 3 and x < 5:\n            total += x\n        else:\n            continue\n    return total if total else -1";
        TypedValue.List made = new([.. ((TypedValue.List)PythonLiteral.Parse(calls)).Items.Select(call => new TypedValue.Tuple([call, new TypedValue.Dict([])]))]);
        CallResult result = await RunAsync("coverage", new TypedValue.Str(program), new TypedValue.Str("solve"), made);
        Assert.Equal(PythonLiteral.Parse($"({lines}, {reached}, {branches}, {taken})"), result.Value);
    }
}
