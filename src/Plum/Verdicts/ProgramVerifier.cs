using System.Security.Cryptography;
using System.Text;
using Plum.Sandboxes;

namespace Plum.Verdicts;

/// <summary>
/// Judges programs of another language by test code. Assertions that were understood are taken out of the test: the program
/// writes its values, the expected ones are evaluated once a suite in a process that never held the program, and the two
/// are compared here. Only what is left of the test, which has to reach its end, shares the program's process.
/// </summary>
/// <param name="sandbox">Where programs run.</param>
/// <param name="language">Their language.</param>
/// <param name="options">How they are judged; null for the defaults.</param>
public sealed class ProgramVerifier(PythonSandbox sandbox, Language language, VerifierOptions? options = null) : ISuiteVerifier
{
    private const int MostGot = 2_000;

    /// <summary>Three seconds of CPU besides the build, a minute elapsed: runtimes start slowly, and builds take what they take.</summary>
    private static readonly Limits Loose = new(CallCpuMilliseconds: 3_000, WallMilliseconds: 60_000);

    private readonly Limits limits = options?.Limits ?? Loose;

    /// <inheritdoc/>
    public int Parallelism => sandbox.Parallelism;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Verdict>> VerifyAsync(TestSuite suite, IReadOnlyList<Candidate> candidates, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(suite);
        if (suite.Test is null)
            throw new InputException($"Suite {suite.InstructionId} has no 'test': programs in {language.Name} are judged by test code, give it as text that makes a program whole.");
        LanguageTest test = await LanguageTest.PrepareAsync(sandbox, language, suite.Test, Loose, cancellation).ConfigureAwait(false);
        return await OncePerProgram.JudgeAsync(candidates, program => program, program => JudgeAsync(test, program, cancellation), sandbox.Level).ConfigureAwait(false);
    }

    /// <summary>Judges one program by a prepared test.</summary>
    internal async Task<Judgement> JudgeAsync(LanguageTest test, string program, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(program))
            return new([CaseOutcome.Failed], new(0, "", "", null, "no program"), null, 0, false);
        string form = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(program)));
        ProgramResult result = await sandbox.RunProgramAsync(new(language, program, test.Text, limits), cancellation).ConfigureAwait(false);
        if (result.Outcome == CaseOutcome.Undecided)
            return new([CaseOutcome.Undecided], null, form, result.CpuMilliseconds, false);
        List<CaseOutcome> outcomes = [];
        FirstFailure? first = null;
        for (int at = 0; at < test.Expected.Count && first is null; at++)
        {
            string? got = at < result.Answers.Count ? result.Answers[at] : null;
            bool right = got is not null && got != AssertSyntax.Opaque && got == test.Expected[at];
            outcomes.Add(right ? CaseOutcome.Passed : got is null && result.Outcome != CaseOutcome.Passed ? result.Outcome : CaseOutcome.Failed);
            if (!right)
                first = new(at, test.Asked[at], test.Expected[at], got?[..Math.Min(got.Length, MostGot)], got is null ? result.Message ?? "gave no answer" : null);
        }
        // More answers than were asked for, or an end before the test's.
        CaseOutcome end = result.Answers.Count > test.Expected.Count ? CaseOutcome.Failed : result.Outcome;
        if (first is null && (end != CaseOutcome.Passed || outcomes.Count == 0))
            outcomes.Add(end);
        if (first is null && end != CaseOutcome.Passed)
            first = new(outcomes.Count - 1, "", "", null, result.Message ?? "gave more answers than it was asked for");
        return new(outcomes, first, form, result.CpuMilliseconds, first is null);
    }
}

/// <summary>A test, ready for programs.</summary>
/// <param name="Text">What is put behind a program.</param>
/// <param name="Asked">The expressions that it writes the values of.</param>
/// <param name="Expected">Those values, as the language writes them.</param>
internal sealed record LanguageTest(string Text, IReadOnlyList<string> Asked, IReadOnlyList<string> Expected)
{
    /// <summary>True where assertions were taken out.</summary>
    public bool IsSeparated => Expected.Count > 0;

    /// <summary>Separates a test, and evaluates what it expects; a test whose values need the program, or another part of the test, stays whole.</summary>
    public static async Task<LanguageTest> PrepareAsync(PythonSandbox sandbox, Language language, string test, Limits limits, CancellationToken cancellation)
    {
        SeparatedTest separated = language.Asserts.Separate(test);
        LanguageTest whole = new(test, [], []);
        if (separated.Expected.Count == 0)
            return whole;
        (string program, string alone) = language.Asserts.Alone(separated.Expected);
        ProgramResult result = await sandbox.RunProgramAsync(new(language, program, alone, limits), cancellation).ConfigureAwait(false);
        return result.Outcome == CaseOutcome.Passed && result.Answers.Count == separated.Expected.Count && !result.Answers.Contains(AssertSyntax.Opaque)
            ? new(separated.Asking, separated.Asked, result.Answers)
            : whole;
    }
}
