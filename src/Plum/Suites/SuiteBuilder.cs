using Plum.Models;
using Plum.Sandboxes;
using Plum.Text;

namespace Plum.Suites;

/// <summary>
/// Stage 1: the teacher writes reference solutions and test inputs for each instruction, the sandbox runs every reference on
/// every input, and what the references agree upon becomes the suite. The paper keeps a teacher's tests where its own
/// reference passes them; here several references vote, and what a teacher expects is one vote among theirs (mode <c>paper</c>) or
/// not asked for (mode <c>inputs</c>). Where a recipe wants it, the teacher is shown what the tests miss and asked again.
/// Unless the options ask for it a reference is not run twice: one that answers at random is found only where another disagrees.
/// It asks the teacher itself rather than through the candidates' sampler, a later stage.
/// </summary>
/// <param name="teacher">The model that writes tests and references.</param>
/// <param name="sandbox">Where the references run.</param>
/// <param name="options">How many, and what is enough; null for the defaults.</param>
/// <exception cref="InputException">An option is out of its range.</exception>
public sealed class SuiteBuilder(ILanguageModel teacher, ISandbox sandbox, SuiteOptions? options = null)
{
    private readonly SuiteOptions options = (options ?? new()).Checked();

    /// <summary>Builds a suite for every instruction; dropped ones are suites too, with their reason.</summary>
    /// <param name="instructions">All the instructions, in the order of their lines on disk.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="done">How many suites are on disk already; building goes on behind them.</param>
    /// <param name="cancellation">Stops the work; what is in flight is lost.</param>
    /// <returns>The suites in the order of the instructions.</returns>
    public IAsyncEnumerable<TestSuite> BuildAsync(
        IReadOnlyList<Instruction> instructions, ulong seed, int done = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(instructions);
        ArgumentOutOfRangeException.ThrowIfNegative(done);
        TeacherQuestions questions = new(teacher, options, seed);
        ReferenceRunner runner = new(sandbox, options);
        SuiteTrials trials = new(sandbox, options);
        SurvivorSearch survivors = new(trials, options);

        // A chunk is asked whole, whatever of it is done: that is what makes its answers the same again.
        IAsyncEnumerable<Instruction> rest = instructions.Skip(done - done % options.ChunkInstructions).ToAsyncEnumerable();
        IAsyncEnumerable<Lesson> lessons = Each(Ask(rest, questions.FirstAsync), runner.RunAsync);
        if (options.Asks(SuiteModes.Edges))
            lessons = Each(Ask(lessons, questions.EdgesAsync), runner.RunAsync);
        if (options.Asks(SuiteModes.Killers))
            lessons = Each(Ask(Each(lessons, survivors.FindAsync), questions.KillersAsync), runner.RunAsync);
        return Each(lessons.Skip(done % options.ChunkInstructions), (lesson, stop) => FilterAsync(lesson, trials, stop));

        IAsyncEnumerable<Lesson> Ask<T>(IAsyncEnumerable<T> items, Func<T[], CancellationToken, Task<Lesson[]>> ask) =>
            items.Chunk(options.ChunkInstructions).SelectParallel(Math.Max(1, teacher.Parallelism), ask, cancellation).SelectMany(chunk => chunk);

        IAsyncEnumerable<T> Each<T>(IAsyncEnumerable<Lesson> items, Func<Lesson, CancellationToken, Task<T>> work) =>
            items.SelectParallel(Math.Max(1, sandbox.Parallelism), work, cancellation);
    }

    private async Task<TestSuite> FilterAsync(Lesson lesson, SuiteTrials trials, CancellationToken cancellation)
    {
        Instruction instruction = lesson.Instruction;
        if (lesson.TeacherFailed) return new(instruction.Id, instruction.EntryPoint, [], SuiteReasons.TeacherFailed);
        IReadOnlyList<InputVote> votes = await trials.LookAgainAsync(instruction.EntryPoint, lesson.Calls, lesson.Votes(options), lesson.Runs, cancellation).ConfigureAwait(false);
        IReadOnlyList<ReferenceRun> mutants = await trials.MutantsAsync(instruction.EntryPoint, lesson.Calls, votes, lesson.Runs, cancellation).ConfigureAwait(false);
        return SuiteFilter.Filter(instruction, lesson.Inputs, votes, lesson.Runs, mutants, lesson.Samples, options) with
        {
            PaperConsistency = lesson.PaperConsistency(options),
            TeacherAgreement = TeacherPairs.Of(lesson.Programs, lesson.Runs, lesson.Executed),
        };
    }
}
