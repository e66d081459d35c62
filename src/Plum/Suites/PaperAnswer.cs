using System.Text.RegularExpressions;
using Plum.Text;

namespace Plum.Suites;

/// <summary>One answer of mode <c>paper</c>: a reference and the tests that the teacher wrote beside it.</summary>
/// <param name="Program">The reference; empty where the answer holds none.</param>
/// <param name="Tests">The calls in its tests, with what it expects of them.</param>
internal sealed partial record PaperAnswer(string Program, IReadOnlyList<FoundCall> Tests)
{
    /// <summary>Takes an answer apart. Half an answer gives half of it.</summary>
    /// <param name="text">What the teacher wrote.</param>
    /// <param name="entryPoint">The function.</param>
    /// <param name="options">How long values may be.</param>
    public static PaperAnswer Read(string text, string entryPoint, SuiteOptions options)
    {
        if (StructuredAnswer.Read(text, entryPoint, options) is { } structured)
            return new(Reference(structured.Reference ?? "", entryPoint), structured.Tests);
        string program = Reference(text, entryPoint);
        // What the reference says in its docstring, and how it calls itself, are no tests.
        string rest = program.Length == 0 ? text : text.ReplaceLineEndings("\n").Replace(program, "", StringComparison.Ordinal);
        return new(program, [.. CallFinder.FindClaims(rest, entryPoint, options)]);
    }

    /// <summary>
    /// Whether the answer is consistent with itself, as the paper demands: it has tests, and its reference passes them all. Null where
    /// that is not known: no reference, no tests that were run, or a sandbox that broke.
    /// </summary>
    /// <param name="inputs">All the calls that were run.</param>
    /// <param name="runs">What the programs did on them.</param>
    /// <param name="options">How long values may be.</param>
    public bool? IsConsistent(ProposedInputs inputs, IReadOnlyList<ReferenceRun> runs, SuiteOptions options)
    {
        if (Program.Length == 0 || runs.FirstOrDefault(run => run.Program == Program) is not { Undecided: false } own) return null;
        Dictionary<string, int> places = inputs.Places();
        bool[] outcomes =
        [
            .. from test in Tests
               where test.Claim is not null
               let place = test.Parse(options) is { } call && places.TryGetValue(call.ToString(), out int at) ? at : -1
               where place >= 0
               select place < own.Result.Calls.Count && test.Claim!.Holds(own.Result.Calls[place]),
        ];
        return outcomes.Length == 0 ? null : Array.TrueForAll(outcomes, passed => passed);
    }

    // What does not define the function is no reference; tests in its block would end it where one of them fails.
    private static string Reference(string text, string entryPoint)
    {
        string program = ProgramExtractor.Extract(text, entryPoint);
        Match definition = Regex.Match(program, $@"^(?:(?:async\s+def|def|class)\s+{Regex.Escape(entryPoint)}\b|{Regex.Escape(entryPoint)}\s*=)", RegexOptions.Multiline);
        if (!definition.Success) return "";
        Match tests = TestsBegin().Match(program, definition.Index);
        return tests.Success ? program[..tests.Index].TrimEnd() : program;
    }

    [GeneratedRegex(@"^(?:assert\b|print\s*\(|if\s+__name__\b|def\s+test|class\s+Test|import\s+(?:unittest|pytest)\b|#[ \t]*[Tt]ests?\b)", RegexOptions.Multiline)]
    private static partial Regex TestsBegin();
}
