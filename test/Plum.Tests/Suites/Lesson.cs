using Plum.Suites;
using Plum.Tests.Sandboxes;

namespace Plum.Tests.Suites;

/// <summary>A suite from references and inputs that a test writes down, by the real builder in the real sandbox.</summary>
internal static class Lesson
{
    public static SuiteOptions Options { get; } = new(References: 4, InputCompletions: 1, MinTests: 1, MaxTests: 40);

    public static async Task<TestSuite> BuildAsync(SandboxFixture python, IReadOnlyList<string> references, IEnumerable<string> inputs, SuiteOptions options)
    {
        ReplayedModel teacher = new(
        [
            new("references", "one", references),
            new("inputs", "one", [string.Join('\n', inputs.Select(arguments => $"solve({arguments})"))]),
        ]);
        await foreach (TestSuite suite in new SuiteBuilder(teacher, python.Sandbox, options with { References = references.Count }).BuildAsync([new("one", "do it", "solve")], 1))
            return suite;
        throw new InvalidOperationException("no suite");
    }

    /// <summary>The tests as <c>arguments: expected</c>, in the order of their arguments.</summary>
    public static string[] Tests(this TestSuite suite) => [.. suite.Cases.Select(test => $"{test.Arguments}: {test.Expected}").Order(StringComparer.Ordinal)];

    public static string Returning(string expression) => $"def solve(n):\n    return {expression}";
}
