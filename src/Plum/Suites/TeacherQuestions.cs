using Plum.Models;
using Plum.Text;

namespace Plum.Suites;

/// <summary>
/// What a teacher is asked about a chunk of instructions. A chunk's questions of one round go out together, each under a key of its
/// own: purpose and instruction decide the draws, so that a mode more or less changes no answer to another.
/// </summary>
/// <param name="teacher">The model.</param>
/// <param name="options">What is asked, and how often.</param>
/// <param name="seed">The run's seed.</param>
internal sealed class TeacherQuestions(ILanguageModel teacher, SuiteOptions options, ulong seed)
{
    /// <summary>The purpose of asking for references, which mode <c>inputs</c> does besides asking for inputs.</summary>
    public const string References = "references";

    private readonly TeacherPrompts prompts = options.Prompts ?? TeacherPrompts.Default;
    private readonly SamplingOptions references = options.ReferenceSampling ?? new(Temperature: 0.8);
    private readonly SamplingOptions inputs = options.InputSampling ?? new();

    // An analysis, a program and its tests take more than a program.
    private readonly SamplingOptions whole = options.ReferenceSampling ?? new(Temperature: 0.8, MaxTokens: 2_048);

    /// <summary>The first round: references, inputs, whole answers, properties, as the modes want them.</summary>
    /// <param name="chunk">The instructions.</param>
    /// <param name="cancellation">Stops the work.</param>
    public async Task<Lesson[]> FirstAsync(IReadOnlyList<Instruction> chunk, CancellationToken cancellation)
    {
        Question[] questions = [.. FirstQuestions().SelectMany(ask => chunk.Select(ask))];
        ILookup<string, TeacherAnswer> answers = await AskAsync(questions, cancellation).ConfigureAwait(false);
        return [.. chunk.Select(instruction => Lesson.Propose(instruction, answers[instruction.Id].ToLookup(answer => answer.Purpose), seed, options) with
        {
            TeacherFailed = answers[instruction.Id].Any(answer => answer.Failed),
        })];
    }

    /// <summary>What the tests so far miss.</summary>
    /// <param name="chunk">The lessons, executed.</param>
    /// <param name="cancellation">Stops the work.</param>
    public async Task<Lesson[]> EdgesAsync(IReadOnlyList<Lesson> chunk, CancellationToken cancellation) => Propose(SuiteModes.Edges, chunk, await AskAsync(
    [
        .. from lesson in chunk
           let tests = lesson.TestsSoFar(options)
           where tests.Length > 0
           select Ask(SuiteModes.Edges, lesson.Instruction, "edges", options.InputCompletions, inputs, ("tests", tests)),
    ], cancellation).ConfigureAwait(false));

    /// <summary>Tests that the survivors fail, one question a survivor.</summary>
    /// <param name="chunk">The lessons, with their survivors.</param>
    /// <param name="cancellation">Stops the work.</param>
    public async Task<Lesson[]> KillersAsync(IReadOnlyList<Lesson> chunk, CancellationToken cancellation) => Propose(SuiteModes.Killers, chunk, await AskAsync(
    [
        .. from lesson in chunk
           let tests = lesson.TestsSoFar(options)
           from survivor in lesson.Survivors.Index()
           let question = Ask(SuiteModes.Killers, lesson.Instruction, "killers", 1, inputs, ("tests", tests), ("program", survivor.Item))
           select question with { Request = question.Request with { Key = question.Request.Key with { Subject = $"{lesson.Instruction.Id}/{survivor.Index}" } } },
    ], cancellation).ConfigureAwait(false));

    private IEnumerable<Func<Instruction, Question>> FirstQuestions()
    {
        if (options.Asks(SuiteModes.Inputs))
        {
            yield return instruction => Ask(References, instruction, "reference", options.References, references);
            yield return instruction => Ask(SuiteModes.Inputs, instruction, "inputs", options.InputCompletions, inputs);
        }

        if (options.Asks(SuiteModes.Paper)) yield return instruction => Ask(SuiteModes.Paper, instruction, "tests", options.References, whole);
        if (options.Asks(SuiteModes.Properties)) yield return instruction => Ask(SuiteModes.Properties, instruction, "properties", options.InputCompletions, whole);
    }

    private Question Ask(
        string purpose, Instruction instruction, string question, int count, SamplingOptions sampling, params IReadOnlyCollection<(string Slot, string Value)> more)
    {
        IReadOnlyCollection<(string, string)> values = [("instruction", instruction.Text), ("entry_point", instruction.EntryPoint), .. more];
        StructuredForm? form = prompts.Structured(question) is { } structured ? new(Rendered(structured), question, AnswerSchema.Of(question)) : null;
        return new(instruction.Id, new(Rendered(prompts.Of(question)), new(seed, 0, purpose, instruction.Id), count, sampling, form));

        string Rendered(PromptTemplate template) => teacher.RenderPrompt([new("user", template.Render(values))]);
    }

    /// <summary>The answers by instruction, in the order of the questions.</summary>
    private async Task<ILookup<string, TeacherAnswer>> AskAsync(Question[] questions, CancellationToken cancellation)
    {
        IReadOnlyList<IReadOnlyList<Completion>> answers = questions.Length == 0 ? []
            : await teacher.SampleAsync([.. questions.Select(question => question.Request)], cancellation).ConfigureAwait(false);
        if (answers.Count != questions.Length)
            throw new InvalidOperationException($"The teacher was asked {questions.Length} prompts and answered {answers.Count}.");
        return questions
            .SelectMany((question, at) => answers[at].Select(answer => (question.Instruction, Answer: new TeacherAnswer(question.Request.Key.Purpose, answer.Text, answer.Author, answer.Failure is not null))))
            .ToLookup(answer => answer.Instruction, answer => answer.Answer);
    }

    private Lesson[] Propose(string mode, IReadOnlyList<Lesson> chunk, ILookup<string, TeacherAnswer> answers) =>
        [.. chunk.Select(lesson => lesson.Propose(mode, answers[lesson.Instruction.Id].Select(answer => answer.Text), options) with
        {
            TeacherFailed = lesson.TeacherFailed || answers[lesson.Instruction.Id].Any(answer => answer.Failed),
        })];

    private sealed record Question(string Instruction, SampleRequest Request);
}
