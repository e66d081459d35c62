using Plum.Sandboxes;
using Plum.Suites.Filters;
using Plum.Text;

namespace Plum.Suites;

/// <summary>What is known about one instruction while its suite is made; each step adds to it.</summary>
/// <param name="Instruction">The instruction.</param>
/// <param name="Programs">The distinct programs that the teacher wrote for it.</param>
/// <param name="Properties">The distinct programs with a <see cref="PropertyCheck.EntryPoint"/>.</param>
/// <param name="Answers">The answers that hold a reference and its tests.</param>
/// <param name="Inputs">The calls proposed.</param>
/// <param name="Runs">What the programs did on them.</param>
/// <param name="Samples">How many references were asked for.</param>
/// <param name="Executed">How many of the calls the runs are about.</param>
/// <param name="Survivors">Programs that may be wrong and pass all tests so far.</param>
/// <param name="TeacherFailed">Whether the teacher gave no answer to a question; there is no suite then, so that it can be asked again.</param>
internal sealed record Lesson(
    Instruction Instruction,
    IReadOnlyList<ProposedProgram> Programs,
    IReadOnlyList<string> Properties,
    IReadOnlyList<PaperAnswer> Answers,
    ProposedInputs Inputs,
    IReadOnlyList<ReferenceRun> Runs,
    int Samples,
    int Executed,
    IReadOnlyList<string> Survivors,
    bool TeacherFailed = false)
{
    private const int MostShown = 300;

    /// <summary>The calls to run.</summary>
    public IReadOnlyList<Call> Calls => [.. Inputs.Calls.Select(input => input.Call)];

    /// <summary>What a teacher's first answers propose.</summary>
    /// <param name="instruction">The instruction.</param>
    /// <param name="answers">The answers to a question, by its purpose; empty where it was not asked.</param>
    /// <param name="seed">The run's seed, which decides how inputs are varied.</param>
    /// <param name="options">How long and how many things may be.</param>
    public static Lesson Propose(Instruction instruction, ILookup<string, TeacherAnswer> answers, ulong seed, SuiteOptions options)
    {
        string entryPoint = instruction.EntryPoint;
        PaperAnswer[] papers = [.. answers[SuiteModes.Paper].Select(answer => PaperAnswer.Read(answer.Text, entryPoint, options))];
        IEnumerable<(string, string?)> references = answers[TeacherQuestions.References].Select(answer => (ProgramExtractor.Extract(answer.Text, entryPoint), answer.Author))
            .Concat(papers.Zip(answers[SuiteModes.Paper], (paper, answer) => (paper.Program, answer.Author)));
        IEnumerable<(string, string?)> brute = answers[SuiteModes.Properties].Select(answer => (PropertyCheck.Defining(entryPoint, answer.Text), answer.Author));
        return new(
            instruction,
            [.. Distinct(references, ReferenceRole.Reference), .. Distinct(brute, ReferenceRole.BruteForce)],
            [.. answers[SuiteModes.Properties].Select(answer => PropertyCheck.Defining(PropertyCheck.EntryPoint, answer.Text)).Where(program => program.Length > 0).Distinct()],
            papers,
            ProposedInputs.None
                .Add(SuiteModes.Inputs, answers[SuiteModes.Inputs].Select(answer => Proposed(answer.Text, entryPoint, options)), options)
                .Add(SuiteModes.Paper, papers.Select(answer => answer.Tests), options)
                .Varied(options.VariedInputs, answers[TeacherQuestions.References].Concat(answers[SuiteModes.Paper]).Select(answer => answer.Text), new DrawKey(seed, 0, SuiteModes.Varied, instruction.Id).Open()),
            [],
            answers[TeacherQuestions.References].Count() + papers.Length,
            0,
            []);
    }

    /// <summary>The lesson with the calls of further answers.</summary>
    /// <param name="mode">How they were asked for.</param>
    /// <param name="answers">The answers.</param>
    /// <param name="options">How long and how many they may be.</param>
    public Lesson Propose(string mode, IEnumerable<string> answers, SuiteOptions options) => this with
    {
        Inputs = Inputs.Add(mode, answers.Select(text =>
            StructuredAnswer.Read(text, Instruction.EntryPoint, options)?.Tests ?? CallFinder.FindClaims(text, Instruction.EntryPoint, options)), options),
    };

    /// <summary>What the filter says about each input.</summary>
    /// <param name="options">Which filter, and what is enough.</param>
    public IReadOnlyList<InputVote> Votes(SuiteOptions options) => TestFilter.Named(options.Filter)!.Vote(Inputs, Runs, options);

    /// <summary>The tests so far, as asserts for a teacher to read; empty where there is nothing to show. Long ones say little and are left out.</summary>
    /// <param name="options">What is enough.</param>
    public string TestsSoFar(SuiteOptions options) => string.Join('\n', Votes(options)
        .Where(vote => vote.DropReason is null)
        .Select(vote => $"assert {Instruction.EntryPoint}({vote.Arguments}) == {vote.Case.Expected}")
        .Where(line => line.Length <= MostShown));

    /// <summary>The share of the answers that are consistent with themselves, of those that could be; null where there is none.</summary>
    /// <param name="options">How long values may be.</param>
    public double? PaperConsistency(SuiteOptions options)
    {
        bool[] known = [.. Answers.Select(answer => answer.IsConsistent(Inputs, Runs, options)).OfType<bool>()];
        return known.Length == 0 ? null : (double)known.Count(consistent => consistent) / known.Length;
    }

    /// <summary>Inputs without what the teacher may say of their results, which was not asked for.</summary>
    private static IEnumerable<FoundCall> Proposed(string text, string entryPoint, SuiteOptions options) =>
        StructuredAnswer.Read(text, entryPoint, options) is { } structured ? structured.Tests.Select(call => call with { Claim = null }) : CallFinder.Find(text, entryPoint, options);

    private static IEnumerable<ProposedProgram> Distinct(IEnumerable<(string Program, string? Author)> programs, ReferenceRole role) => programs
        .Where(one => one.Program.Length > 0)
        .GroupBy(one => one.Program)
        .Select(samples => new ProposedProgram(samples.Key, samples.Count(), role, [.. samples.Select(sample => sample.Author).OfType<string>()]));
}

/// <summary>A program that a teacher wrote.</summary>
/// <param name="Text">The program.</param>
/// <param name="Samples">How many of the teacher's samples were it.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Authors">Which of several teachers wrote it, once for each sample; empty where there is one teacher.</param>
internal sealed record ProposedProgram(string Text, int Samples, ReferenceRole Role, IReadOnlyList<string> Authors);
