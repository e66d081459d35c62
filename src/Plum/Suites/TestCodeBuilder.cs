using Plum.Models;
using Plum.Sandboxes;
using Plum.Text;

namespace Plum.Suites;

/// <summary>Judges programs by a suite's test code.</summary>
/// <param name="suite">The suite.</param>
/// <param name="candidates">The programs.</param>
/// <param name="cancellation">Stops the runs.</param>
/// <returns>A verdict per program, in order.</returns>
public delegate Task<IReadOnlyList<Verdict>> JudgeByTestCode(TestSuite suite, IReadOnlyList<Candidate> candidates, CancellationToken cancellation);

/// <summary>
/// Stage 1 for programs in another language than Python: the teacher writes references with test code, in mode <c>paper</c> alone. All
/// references are judged by every answer's tests. An assertion that too few of them pass is taken out, and the test code that keeps most
/// assertions becomes the suite, if a stub fails it. Only assertions that have a line of their own can be taken out.
/// </summary>
/// <param name="teacher">The model that writes tests and references.</param>
/// <param name="language">The programs' language.</param>
/// <param name="judge">Runs programs with test code.</param>
/// <param name="parallelism">How many instructions may usefully be judged at once.</param>
/// <param name="options">How many, and what is enough; null for the defaults.</param>
/// <exception cref="InputException">An option is out of its range, or there is no prompt for the language.</exception>
public sealed class TestCodeBuilder(ILanguageModel teacher, Language language, JudgeByTestCode judge, int parallelism, SuiteOptions? options = null)
{
    private readonly SuiteOptions options = (options ?? new()).Checked();

    /// <summary>Builds a suite for every instruction; dropped ones are suites too, with their reason.</summary>
    /// <param name="instructions">All the instructions, in the order of their lines on disk.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="done">How many suites are on disk already; building goes on behind them.</param>
    /// <param name="cancellation">Stops the work; what is in flight is lost.</param>
    public IAsyncEnumerable<TestSuite> BuildAsync(IReadOnlyList<Instruction> instructions, ulong seed, int done = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(instructions);
        ArgumentOutOfRangeException.ThrowIfNegative(done);
        return instructions
            .Skip(done - done % options.ChunkInstructions)
            .Chunk(options.ChunkInstructions)
            .SelectParallel(Math.Max(1, teacher.Parallelism), (chunk, stop) => AskAsync(chunk, seed, stop), cancellation)
            .SelectMany(chunk => chunk)
            .Skip(done % options.ChunkInstructions)
            .SelectParallel(Math.Max(1, parallelism), (lesson, stop) => BuildAsync(lesson.Instruction, lesson.Answers, stop), cancellation);
    }

    private async Task<(Instruction Instruction, IReadOnlyList<Completion> Answers)[]> AskAsync(Instruction[] chunk, ulong seed, CancellationToken cancellation)
    {
        PromptTemplate tests = (options.Prompts ?? TeacherPrompts.Load("default", language.Name)).Of("tests");
        SamplingOptions sampling = options.ReferenceSampling ?? new(Temperature: 0.8, MaxTokens: 2_048);
        IReadOnlyList<IReadOnlyList<Completion>> answers = await teacher.SampleAsync(
            [
                .. chunk.Select(instruction => new SampleRequest(
                    teacher.RenderPrompt([new("user", tests.Render(("instruction", instruction.Text), ("entry_point", instruction.EntryPoint)))]),
                    new(seed, 0, SuiteModes.Paper, instruction.Id), options.References, sampling)),
            ], cancellation).ConfigureAwait(false);
        return [.. chunk.Zip(answers)];
    }

    private async Task<TestSuite> BuildAsync(Instruction instruction, IReadOnlyList<Completion> completions, CancellationToken cancellation)
    {
        TestSuite empty = new(instruction.Id, instruction.EntryPoint, []);
        if (completions.Any(completion => completion.Failure is not null)) return empty with { DropReason = SuiteReasons.TeacherFailed };
        TestCodeAnswer[] answers = [.. completions.Select(completion => TestCodeAnswer.Read(completion.Text, instruction.EntryPoint, language))];
        string[] programs = [.. answers.Select(answer => answer.Program)];
        if (programs.All(program => program.Length == 0)) return empty with { DropReason = SuiteReasons.NoReference };
        List<Trial> trials = [];
        List<bool> consistent = [];
        foreach ((int at, TestCodeAnswer answer) in answers.Index().Where(answer => answer.Item.Tests.Length > 0))
        {
            IReadOnlyList<Verdict> verdicts = await JudgeAsync(empty with { Test = answer.Tests }, programs, cancellation).ConfigureAwait(false);
            if (verdicts.Any(verdict => verdict.Undecided)) return empty with { DropReason = SuiteReasons.Undecided };
            if (programs[at].Length > 0) consistent.Add(verdicts[at].Passed);
            trials.Add(await WithoutQuarrelsAsync(empty, answer.Tests, verdicts, programs, cancellation).ConfigureAwait(false));
        }

        double? paper = consistent.Count == 0 ? null : (double)consistent.Count(passed => passed) / consistent.Count;
        Trial? best = trials.OrderByDescending(trial => trial.Assertions).ThenByDescending(trial => trial.Passing).FirstOrDefault(trial => AreEnough(trial.Passing, programs));
        TestSuite suite = empty with { References = Ranked(programs, best), PaperConsistency = paper, Dropped = best?.Dropped is { Count: > 0 } dropped ? dropped : null };
        if (best is null || best.Assertions < options.MinTests) return suite with { DropReason = SuiteReasons.FewTests };
        suite = suite with { Test = best.Tests };
        IReadOnlyList<Verdict> stubs = await JudgeAsync(suite, Stubs(instruction.EntryPoint), cancellation).ConfigureAwait(false);
        return stubs.Any(verdict => verdict.Passed)
            ? suite with { Test = null, DropReason = SuiteReasons.Trivial }
            : suite with { SelfConsistency = (double)best.Passing / programs.Length };
    }

    /// <summary>Takes assertions out one by one, the one that most references fail first, until enough references pass the rest.</summary>
    private async Task<Trial> WithoutQuarrelsAsync(
        TestSuite suite, string tests, IReadOnlyList<Verdict> verdicts, string[] programs, CancellationToken cancellation)
    {
        List<DroppedTest> dropped = [];
        while (true)
        {
            int passing = verdicts.Count(verdict => verdict.Passed), assertions = Assertions(tests);
            Trial trial = new(tests, assertions, passing, [.. verdicts.Select(verdict => verdict.Passed)], dropped);
            if (AreEnough(passing, programs)) return trial;
            string[] lines = tests.Split('\n');
            int[] alone = [.. lines.Index().Where(line => Assertions(line.Item) == 1).Select(line => line.Index)];
            // A failure without an expression is one of the whole test: of its end, or of assertions that cannot be told apart.
            int? quarrel = verdicts.Zip(programs)
                .Where(one => one.Second.Length > 0 && one.First.FirstFailure is { Arguments.Length: > 0 })
                .CountBy(one => one.First.FirstFailure!.Case)
                .OrderByDescending(failure => failure.Value).ThenBy(failure => failure.Key)
                .Select(failure => (int?)failure.Key)
                .FirstOrDefault();
            if (quarrel is not { } worst || worst >= alone.Length || alone.Length != assertions || assertions <= options.MinTests) return trial;
            dropped.Add(new(lines[alone[worst]].Trim(), SuiteReasons.Disagreement, (double)passing / programs.Length));
            tests = string.Join('\n', lines.Where((_, at) => at != alone[worst]));
            verdicts = await JudgeAsync(suite with { Test = tests }, programs, cancellation).ConfigureAwait(false);
        }
    }

    private bool AreEnough(int passing, string[] programs) =>
        passing >= options.MinReferences && passing >= options.Agreement * programs.Count(program => program.Length > 0);

    private int Assertions(string tests) => language.Asserts.Separate(tests).Expected.Count;

    private Task<IReadOnlyList<Verdict>> JudgeAsync(TestSuite suite, IReadOnlyList<string> programs, CancellationToken cancellation) =>
        judge(suite, [.. programs.Select((program, at) => new Candidate(suite.InstructionId, at, program, program, [], [], "stop", 0, 0))], cancellation);

    private static string[] Ranked(string[] programs, Trial? best) =>
        [.. programs.Index().OrderByDescending(program => best?.Passed[program.Index]).Select(program => program.Item).Where(program => program.Length > 0).Distinct()];

    /// <summary>Programs that no test worth its name lets pass: nothing, and the first argument again.</summary>
    private string[] Stubs(string entryPoint) => language.Name switch
    {
        "javascript" => [$"function {entryPoint}() {{}}", $"function {entryPoint}(first) {{ return first; }}"],
        _ => [],
    };

    private sealed record Trial(string Tests, int Assertions, int Passing, IReadOnlyList<bool> Passed, IReadOnlyList<DroppedTest> Dropped);
}
