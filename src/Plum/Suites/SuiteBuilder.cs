using System.Runtime.CompilerServices;
using Plum.Models;
using Plum.Sandboxes;
using Plum.Suites.Filters;
using Plum.Text;

namespace Plum.Suites;

/// <summary>
/// Stage 1: the teacher writes reference solutions and test inputs for each instruction, the sandbox runs every reference on
/// every input, and what the references agree upon becomes the suite. The paper keeps a teacher's tests where its own
/// reference passes them; here several references vote and no expected value is taken on trust.
/// Unless the options ask for it a reference is not run twice: one that answers at random is found only where another disagrees.
/// It asks the teacher itself rather than through the candidates' sampler, a later stage.
/// </summary>
/// <param name="teacher">The model that writes tests and references.</param>
/// <param name="sandbox">Where the references run.</param>
/// <param name="options">How many, and what is enough; null for the defaults.</param>
/// <exception cref="InputException">An option is out of its range.</exception>
public sealed class SuiteBuilder(ILanguageModel teacher, ISandbox sandbox, SuiteOptions? options = null)
{
    internal static readonly Limits Short = Limits.FromReference(0);

    private readonly SuiteOptions options = (options ?? new()).Checked();
    private readonly SuiteTrials trials = new(sandbox, options ?? new());

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
        return LessonsAsync(instructions, seed, done, cancellation)
            .SelectParallel(Math.Max(1, sandbox.Parallelism), (lesson, stop) => BuildAsync(lesson, seed, stop), cancellation);
    }

    private async IAsyncEnumerable<Lesson> LessonsAsync(
        IReadOnlyList<Instruction> instructions, ulong seed, int done, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (done >= instructions.Count) yield break;
        int behind = done % options.ChunkInstructions;
        IAsyncEnumerable<Lesson[]> chunks = instructions
            .Chunk(options.ChunkInstructions)
            .Skip(done / options.ChunkInstructions)
            .SelectParallel(Math.Max(1, teacher.Parallelism), (chunk, stop) => AskAsync(chunk, seed, stop), cancellation);
        await foreach (Lesson[] chunk in chunks.ConfigureAwait(false))
        {
            foreach (Lesson lesson in chunk.Skip(behind)) yield return lesson;
            behind = 0;
        }
    }

    private async Task<Lesson[]> AskAsync(Instruction[] chunk, ulong seed, CancellationToken cancellation)
    {
        TeacherPrompts prompts = options.Prompts ?? TeacherPrompts.Default;
        SamplingOptions references = options.ReferenceSampling ?? new(Temperature: 0.8), inputs = options.InputSampling ?? new();
        SampleRequest[] requests =
        [
            .. chunk.Select(instruction => new SampleRequest(
                Prompt(prompts.Reference, instruction), new(seed, 0, "references", instruction.Id), options.References, references)),
            .. chunk.Select(instruction => new SampleRequest(
                Prompt(prompts.Inputs, instruction), new(seed, 0, "inputs", instruction.Id), options.InputCompletions, inputs)),
        ];
        IReadOnlyList<IReadOnlyList<Completion>> answers = await teacher.SampleAsync(requests, cancellation).ConfigureAwait(false);
        if (answers.Count != requests.Length)
            throw new InvalidOperationException($"The teacher was asked {requests.Length} prompts and answered {answers.Count}.");
        return [.. chunk.Select((instruction, at) => new Lesson(instruction, answers[at], answers[chunk.Length + at]))];
    }

    private string Prompt(PromptTemplate template, Instruction instruction) => teacher.RenderPrompt(
        [new ChatMessage("user", template.Render(("instruction", instruction.Text), ("entry_point", instruction.EntryPoint)))]);

    private async Task<TestSuite> BuildAsync(Lesson lesson, ulong seed, CancellationToken cancellation)
    {
        Instruction instruction = lesson.Instruction;
        if (lesson.References.Concat(lesson.Inputs).Any(completion => completion.Failure is not null))
            return new(instruction.Id, instruction.EntryPoint, [], SuiteReasons.TeacherFailed);
        ProposedInputs inputs = ProposedInputs.Read(lesson.Inputs.Select(completion => completion.Text), instruction.EntryPoint, options)
            .Varied(options.VariedInputs, lesson.References.Select(completion => completion.Text), new DrawKey(seed, 0, "varied", instruction.Id).Open());
        Call[] calls = [.. inputs.Calls.Select(input => input.Call)];
        // Without inputs there is nothing to run.
        (string Program, int Samples)[] programs = calls.Length == 0 ? [] : [.. lesson.References
            .Select(completion => ProgramExtractor.Extract(completion.Text, instruction.EntryPoint))
            .Where(program => program.Length > 0)
            .CountBy(program => program)
            .Select(program => (program.Key, program.Value))];
        ReferenceRun[] runs = await Task.WhenAll(programs.Select(program => RunAsync(Run(program.Program, Short), program.Samples, cancellation))).ConfigureAwait(false);
        // Programs that loop for ever are what stage 1 costs most. A time-out is believed where most references were quick;
        // where they were not the task may simply take long, and they have the whole time.
        if (2 * runs.Where(run => run.TimedOut).Sum(run => run.Samples) >= runs.Sum(run => run.Samples))
            runs = await Task.WhenAll(programs.Select((program, at) => runs[at].TimedOut
                ? RunAsync(Run(program.Program, options.Limits ?? Limits.Default), program.Samples, cancellation)
                : Task.FromResult(runs[at]))).ConfigureAwait(false);
        IReadOnlyList<InputVote> votes = TestFilter.Named(options.Filter)!.Vote(inputs, runs, options);
        votes = await trials.LookAgainAsync(instruction.EntryPoint, calls, votes, runs, cancellation).ConfigureAwait(false);
        IReadOnlyList<ReferenceRun> mutants = await trials.MutantsAsync(instruction.EntryPoint, calls, votes, runs, cancellation).ConfigureAwait(false);
        return SuiteFilter.Filter(instruction, inputs, votes, runs, mutants, lesson.References.Count, options);

        Execution Run(string program, Limits limits) => new(program, instruction.EntryPoint, calls, limits);
    }

    private async Task<ReferenceRun> RunAsync(Execution execution, int samples, CancellationToken cancellation) =>
        new(execution.Program, samples, await sandbox.RunAsync(execution, cancellation).ConfigureAwait(false));

    private sealed record Lesson(Instruction Instruction, IReadOnlyList<Completion> References, IReadOnlyList<Completion> Inputs);
}
