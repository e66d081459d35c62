using Plum.Models;
using Plum.Sandboxes;
using Plum.Suites;
using Plum.Text;

namespace Plum.Rounds;

/// <summary>Stage 1 on disk: a line of <c>suites.jsonl</c> for each instruction.</summary>
public static class SuiteStage
{
    /// <summary>Builds the suites that the file lacks.</summary>
    /// <param name="file">Where they are kept.</param>
    /// <param name="instructions">The instructions, in the order of the lines.</param>
    /// <param name="options">The recipe; its teacher is a folder of this machine.</param>
    /// <param name="open">Opens a checkpoint folder; not called where nothing is missing.</param>
    /// <param name="sandbox">Where references run.</param>
    /// <param name="progress">Told after each suite.</param>
    /// <param name="cancellation">Stops; what is on disk stays.</param>
    public static async Task<IReadOnlyList<TestSuite>> RunAsync(
        string file, IReadOnlyList<Instruction> instructions, RunOptions options, Func<string, ILanguageModel> open, ISandbox sandbox,
        IProgress<StageProgress> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(instructions);
        ArgumentNullException.ThrowIfNull(options);
        using (JsonLinesWriter<TestSuite> suites = new(file))
        {
            if (suites.Lines < instructions.Count)
            {
                ILanguageModel teacher = open(options.Teacher == "self" ? options.Policy : options.Teacher);
                using var _ = teacher as IDisposable;
                SuiteOptions how = (options.Suites ?? new()) with { Prompts = options.TeacherPrompts == "seed" ? TeacherPrompts.Seed : TeacherPrompts.Default };
                await foreach (TestSuite suite in new SuiteBuilder(teacher, sandbox, how).BuildAsync(instructions, options.Seed, suites.Lines, cancellation).ConfigureAwait(false))
                {
                    suites.Append(suite);
                    progress.Report(new StageProgress("suites", 0, suites.Lines, instructions.Count, "instructions"));
                }
            }
        }

        return await JsonLines.ReadAllAsync<TestSuite>(file, cancellation).ConfigureAwait(false);
    }

    /// <summary>The suites of a file, dropped ones included, by instruction.</summary>
    /// <param name="file">Where they are kept.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">A line is malformed, or an instruction has two.</exception>
    public static async Task<Dictionary<string, TestSuite>> ReadAsync(string file, CancellationToken cancellation) =>
        (await JsonLines.ReadAllAsync<TestSuite>(file, suite => suite.InstructionId, cancellation).ConfigureAwait(false)).ToDictionary(suite => suite.InstructionId);
}
