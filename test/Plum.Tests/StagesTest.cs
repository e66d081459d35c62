using Plum.Candidates;
using Plum.Models;
using Plum.Preferences;
using Plum.Suites;
using Plum.Tests.Sandboxes;
using Plum.Text;
using Plum.Verdicts;
using Xunit;

namespace Plum.Tests;

/// <summary>
/// All stages without tensors, in a row, on instructions of the embedded domain whose truth is known: the teacher and the
/// policy answer with the domain's own solutions and with near misses of them.
/// </summary>
public sealed class StagesTest(SandboxFixture python)
{
    private static readonly (string From, string To)[] NearMisses =
    [
        ("% 2 == 0", "% 2 == 1"), ("% 3 == 0", "% 3 == 1"), (" > ", " >= "), (" < ", " <= "), ("sorted(", "list("), ("max(", "min("), ("sum(", "len("),
        (" + ", " - "), (" * ", " + "), ("[::-1]", ""), ("[0]", "[-1]"), ("upper()", "lower()"), (" == ", " != "),
    ];

    private sealed record Lesson(string Id, string Instruction, string EntryPoint, string Solution, IReadOnlyList<string> Inputs)
    {
        public string? NearMiss => NearMisses.Where(miss => Solution.Contains(miss.From, StringComparison.Ordinal))
            .Select(miss => Solution.Replace(miss.From, miss.To, StringComparison.Ordinal)).FirstOrDefault();
    }

    private sealed record Conversation(string Id, IReadOnlyList<ChatMessage> Messages)
    {
        public string Question => Messages[0].Content;

        public string Answer => Messages[1].Content;
    }

    [Fact]
    public async Task TheTruthSurvivesAllStages()
    {
        string path = Path.Combine(Repository.Root, "assets", "instructions", "sft.jsonl");
        if (!File.Exists(path)) Assert.Skip($"{path} is absent");
        IReadOnlyList<Conversation> conversations = await JsonLines.ReadAllAsync<Conversation>(path);
        Lesson[] lessons = [.. conversations.GroupBy(one => one.Id).Where(both => both.Count() == 2)
            .Select(both => new Lesson(both.Key, both.First().Question, "solve", both.First().Answer, both.Last().Answer.Split('\n')))
            .Where((lesson, at) => at % 2 == 0 && lesson.NearMiss is not null)];
        Assert.True(lessons.Length > 100);
        Instruction[] instructions = [.. lessons.Select(lesson => new Instruction(lesson.Id, lesson.Instruction, lesson.EntryPoint))];
        ILanguageModel model = new ReplayedModel(lessons.SelectMany(Answers));

        Dictionary<string, TestSuite> suites = [];
        await foreach (TestSuite suite in new SuiteBuilder(model, python.Sandbox, new(MinTests: 4)).BuildAsync(instructions, 1)) suites.Add(suite.InstructionId, suite);
        SuiteFigures figures = SuiteFigures.Of(suites.Values);
        string said = string.Join(", ", figures.Dropped);
        Assert.True(figures.Kept > 0.7 * lessons.Length, $"{figures.Kept} of {lessons.Length} kept: {said}");
        Assert.InRange(figures.SelfConsistency, 0.75, 0.95);

        Sampler sampler = new(model, new(Samples: 4));
        List<Candidate> candidates = [];
        await foreach (Candidate candidate in sampler.SampleAsync([.. instructions.Where(one => suites[one.Id].DropReason is null)], new(1, 1, "candidates"), 0)) candidates.Add(candidate);
        Verifier verifier = new(python.Sandbox);
        List<Verdict> verdicts = [];
        await foreach (IReadOnlyList<Verdict> ofOne in candidates.Chunk(4).SelectParallel(verifier.Parallelism, (chunk, stop) => verifier.VerifyAsync(suites[chunk[0].TaskId], chunk, stop))) verdicts.AddRange(ofOne);

        // A right program passes always; a near miss fails unless it happens to be right on all inputs.
        Assert.DoesNotContain(verdicts, verdict => verdict.Undecided);
        Assert.All(verdicts.Where(verdict => verdict.Sample is 0 or 1), verdict => Assert.True(verdict.Passed, $"{verdict.TaskId}: {verdict.FirstFailure}"));
        Assert.All(verdicts.Where(verdict => verdict.Sample == 3), verdict => Assert.False(verdict.Passed));
        double caught = verdicts.Where(verdict => verdict.Sample == 2).Average(verdict => verdict.Passed ? 0.0 : 1.0);
        Assert.True(caught > 0.6, $"{caught:P0} of the near misses are caught");

        Dictionary<string, Instruction> byId = instructions.ToDictionary(one => one.Id);
        PreferenceSet set = new PreferenceBuilder(new()).Build(candidates, verdicts, id => sampler.PromptOf(byId[id]), 1, 1);
        Assert.Equal(figures.Kept, set.Figures.LabelledTrue - verdicts.Count(verdict => verdict.Sample == 2 && verdict.Passed));
        Assert.InRange(set.Figures.Pairs, caught * figures.Kept, figures.Kept * 2);
        Assert.All(set.Pairs.Where(pair => pair.RejectedSample == 2), pair => Assert.True(pair.Similarity > 0.3, $"{pair.Chosen}\n{pair.Rejected}"));
        Assert.InRange(set.Pairs.Count(pair => pair.RejectedSample == 3) / (double)set.Pairs.Count, 0.1, 0.25);
    }

    private static IEnumerable<ReplayedModel.Answer> Answers(Lesson lesson) =>
    [
        new("references", lesson.Id, [lesson.Solution, $"```python\n{lesson.Solution}\n```", lesson.NearMiss!, $"# checked\n{lesson.Solution}"]),
        new("inputs", lesson.Id, [string.Join('\n', lesson.Inputs), string.Join('\n', lesson.Inputs.Reverse())]),
        new("candidates", lesson.Id, [lesson.Solution, $"{lesson.Solution}  # the same", lesson.NearMiss!, lesson.Solution.Replace(":", "", StringComparison.Ordinal)]),
    ];
}
