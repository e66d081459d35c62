using Plum.Models;
using Plum.Sandboxes;
using Plum.Suites;
using Plum.Text;
using Plum.Verdicts;

namespace Plum.Rounds;

/// <summary>Stage 1 on disk: a line of <c>suites.jsonl</c> for each instruction.</summary>
public static class SuiteStage
{
    /// <summary>Builds the suites that the file lacks.</summary>
    /// <param name="file">Where they are kept.</param>
    /// <param name="instructions">The instructions, in the order of the lines.</param>
    /// <param name="options">The recipe, with paths of this machine.</param>
    /// <param name="open">Opens a checkpoint folder; not called where nothing is missing.</param>
    /// <param name="sandbox">Where references run.</param>
    /// <param name="progress">Told after each suite.</param>
    /// <param name="time">The clock for calls to endpoints.</param>
    /// <param name="cancellation">Stops; what is on disk stays.</param>
    /// <param name="askFailedAgain">Whether instructions dropped because the teacher failed are asked again, and what is behind the first of them built anew.</param>
    /// <exception cref="ModelStoppedException">An endpoint is gone or the budget spent; what is on disk stays.</exception>
    public static async Task RunAsync(
        string file, IReadOnlyList<Instruction> instructions, RunOptions options, Func<string, ILanguageModel> open, ISandbox sandbox,
        IProgress<StageProgress> progress, TimeProvider time, CancellationToken cancellation, bool askFailedAgain = false)
    {
        ArgumentNullException.ThrowIfNull(instructions);
        ArgumentNullException.ThrowIfNull(options);
        int keep = askFailedAgain ? await BeforeFirstFailureAsync(file, cancellation).ConfigureAwait(false) : int.MaxValue;
        using JsonLinesWriter<TestSuite> suites = new(file, keep);
        if (suites.Lines >= instructions.Count) return;
        using Teachers teachers = await Teachers.OpenAsync(file, options, askFailedAgain, open, time, cancellation).ConfigureAwait(false);
        SuiteOptions how = (options.Suites ?? new()) with { Prompts = TeacherPrompts.Load(options.TeacherPrompts, options.Language) };
        await foreach (TestSuite suite in Build(teachers.Model).ConfigureAwait(false))
        {
            suites.Append(suite);
            progress.Report(new StageProgress("suites", 0, suites.Lines, instructions.Count, "instructions"));
        }

        IAsyncEnumerable<TestSuite> Build(ILanguageModel teacher) => Language.Of(options.Language) is { } language
            ? new TestCodeBuilder(teacher, language, new ProgramVerifier((PythonSandbox)sandbox, language).VerifyAsync, sandbox.Parallelism, how)
                .BuildAsync(instructions, options.Seed, suites.Lines, cancellation)
            : new SuiteBuilder(teacher, sandbox, how).BuildAsync(instructions, options.Seed, suites.Lines, cancellation);
    }

    /// <summary>What became of a file's instructions, and what its teachers took.</summary>
    /// <param name="file">The suites.</param>
    /// <param name="options">The recipe, with paths of this machine.</param>
    /// <param name="cancellation">Stops reading.</param>
    public static async Task<SuiteFigures> FiguresAsync(string file, RunOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        SuiteFigures figures = await SuiteFigures.OfAsync(JsonLines.ReadAsync<TestSuite>(file, cancellation)).ConfigureAwait(false);
        return await Teachers.FiguresAsync(file, options, cancellation).ConfigureAwait(false) is not { } asked ? figures : figures with
        {
            TeacherCalls = asked.Calls,
            TeacherTokens = asked.Tokens,
            TeacherCost = asked.Cost,
            TeacherRetries = asked.Retried,
            TeacherFailures = asked.Failures,
        };
    }

    /// <summary>The suites of a file, dropped ones included, by instruction.</summary>
    /// <param name="file">Where they are kept.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">A line is malformed, or an instruction has two.</exception>
    public static async Task<Dictionary<string, TestSuite>> ReadAsync(string file, CancellationToken cancellation) =>
        (await JsonLines.ReadAllAsync<TestSuite>(file, suite => suite.InstructionId, cancellation).ConfigureAwait(false)).ToDictionary(suite => suite.InstructionId);

    private static async Task<int> BeforeFirstFailureAsync(string file, CancellationToken cancellation)
    {
        int lines = 0;
        if (!File.Exists(file)) return lines;
        await foreach (TestSuite suite in JsonLines.ReadAsync<TestSuite>(file, cancellation).ConfigureAwait(false))
        {
            if (suite.DropReason == SuiteReasons.TeacherFailed) break;
            lines++;
        }

        return lines;
    }
}
