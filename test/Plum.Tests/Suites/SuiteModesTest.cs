using Plum.Models;
using Plum.Suites;
using Plum.Tests.Sandboxes;
using Xunit;

namespace Plum.Tests.Suites;

/// <summary>The modes of asking, with answers of the kinds that teachers give, executed by the real sandbox.</summary>
public sealed class SuiteModesTest(SandboxFixture python)
{
    private const string Sum = "def solve(xs):\n    return sum(x for x in xs if x % 2 == 0)";
    private const string Wrong = "def solve(xs):\n    return sum(x for x in xs if x % 2 == 1)";
    private const string Asserts = "assert solve([1, 2]) == 2\nassert solve([]) == 0\nassert solve([4, 6]) == 10\nassert solve([-2]) == -2\nassert solve([3]) == 0";

    private static readonly Instruction Exercise = new("t", "sum the even numbers", "solve");

    private static string Fenced(string program, string tests) => $"The numbers are summed.\n\n```python\n{program}\n```\n\nTests:\n\n```python\n{tests}\n```\n";

    private static ReplayedModel.Answer Paper(params string[] texts) => new("paper", "t", texts);

    private static readonly ReplayedModel.Answer[] Plain =
    [
        new("references", "t", [Sum, Sum, Sum, Wrong]), new("inputs", "t", ["solve([1, 2])\nsolve([2])\nsolve([4, 6])\nsolve([-2])\nsolve([8, 3])", ""]),
    ];

    private async Task<(TestSuite Suite, ReplayedModel Teacher)> Ask(SuiteOptions options, params ReplayedModel.Answer[] answers)
    {
        ReplayedModel teacher = new(answers);
        List<TestSuite> suites = [];
        await foreach (TestSuite suite in new SuiteBuilder(teacher, python.Sandbox, options).BuildAsync([Exercise], 1)) suites.Add(suite);
        return (Assert.Single(suites), teacher);
    }

    private async Task<TestSuite> AskPaper(params string[] texts) => (await Ask(new(References: texts.Length, MinReferences: 1, Modes: ["paper"]), Paper(texts))).Suite;

    private static Dictionary<string, string> Expected(TestSuite suite) => suite.Cases.ToDictionary(test => test.Arguments, test => test.Expected);

    private static int Dropped(TestSuite suite, string reason) => (suite.Dropped ?? []).Count(test => test.Reason == reason);

    [Fact]
    public async Task OneAnswerHoldsAReferenceAndItsTests()
    {
        (TestSuite suite, ReplayedModel teacher) = await Ask(new(Modes: ["paper"]), Paper(Fenced(Sum, Asserts), Fenced(Sum, Asserts), Fenced(Wrong, Asserts), "I would rather talk about the weather."));
        Assert.Null(suite.DropReason);
        Assert.Equal(["-2", "0", "0", "10", "2"], suite.Cases.Select(test => test.Expected).Order(StringComparer.Ordinal));
        Assert.Equal([Sum, Wrong], suite.References);
        // Two of four answers pass the suite; of the three that hold both a reference and tests, two are consistent.
        Assert.Equal(0.5, suite.SelfConsistency);
        Assert.Equal(2 / 3.0, suite.PaperConsistency);
        SampleRequestOf(teacher, "paper", 4);
    }

    private static void SampleRequestOf(ReplayedModel teacher, string purpose, int count)
    {
        Assert.Equal(new DrawKey(1, 0, purpose, "t"), Assert.Single(teacher.Asked).Key);
        Assert.Equal(count, teacher.Asked[0].Count);
        Assert.Contains("sum the even numbers", teacher.Asked[0].Prompt);
        Assert.Contains("assert solve(...) == ...", teacher.Asked[0].Prompt);
    }

    [Fact]
    public async Task ATeachersWrongExpectedValueIsOutvoted()
    {
        string wrong = Asserts.Replace("solve([4, 6]) == 10", "solve([4, 6]) == 12", StringComparison.Ordinal);
        TestSuite suite = (await Ask(new(Modes: ["paper"]), Paper(Fenced(Sum, Asserts), Fenced(Sum, Asserts), Fenced(Sum, Asserts), Fenced(Sum, wrong)))).Suite;
        Assert.Equal("10", Expected(suite)["[4, 6]"]);
        DroppedTest claim = Assert.Single(suite.Dropped!, test => test.Reason == SuiteReasons.TeacherDisagrees);
        Assert.Equal(("[4, 6]", 7 / 8.0), (claim.Arguments, claim.Agreement));
        Assert.Equal(0.75, suite.PaperConsistency);
        Assert.Equal(1, suite.SelfConsistency);
    }

    [Fact]
    public async Task AClaimThatAllAnswersMakeAgainstTheReferencesEndsTheTest()
    {
        string wrong = Asserts.Replace("solve([4, 6]) == 10", "solve([4, 6]) == 12", StringComparison.Ordinal) + "\nassert solve([5, 2]) == 2";
        SuiteOptions options = new(Modes: ["paper"]);
        TestSuite suite = (await Ask(options, Paper([.. Enumerable.Repeat(Fenced(Sum, wrong), 4)]))).Suite;
        Assert.DoesNotContain("[4, 6]", Expected(suite).Keys);
        Assert.Equal(1, Dropped(suite, SuiteReasons.TeacherDisagrees));
        Assert.Equal(0, suite.PaperConsistency);
        suite = (await Ask(options with { ClaimWeight = 0 }, Paper([.. Enumerable.Repeat(Fenced(Sum, wrong), 4)]))).Suite;
        Assert.Equal("10", Expected(suite)["[4, 6]"]);
    }

    public static TheoryData<string, string> Spellings => new()
    {
        { "unfenced", Sum + "\n\n" + Asserts },
        { "one fence for all", $"```python\n{Sum}\n\n{Asserts}\n```" },
        { "cut off", Fenced(Sum, Asserts)[..^8] + "\nassert solve([9, 9" },
        { "unittest", Fenced(Sum, """
            class TestSolve(unittest.TestCase):
                def test_all(self):
                    self.assertEqual(solve([1, 2]), 2)
                    self.assertEqual(0, solve([]))
                    self.assertEqual(solve([4, 6]), 10, "both are even")
                    self.assertEqual(solve([-2]), -2)
                    self.assertAlmostEqual(solve([3]), 0)
            """) },
        { "pytest", Fenced(Sum, "import pytest\n\ndef test_some():\n    assert solve([1, 2]) == 2\n    assert 0 == solve([])\n\ndef test_more():\n    assert (solve([4, 6]) == 10)\n    assert solve([-2]) == -2, 'negative'\n    assert solve([3]) in (0, 0.0)") },
        { "doctest", Fenced(Sum, ">>> solve([1, 2])\n2\n>>> solve([])\n0\n>>> solve([4, 6])\n10\n>>> solve([-2])\n-2\n>>> solve([3])\n0") },
        { "prints", Fenced(Sum, "print(solve([1, 2]))  # -> 2\nprint(solve([]))  # 0\nprint(solve([4, 6]))  # Expected output: 10\nprint(solve([-2])) # => -2\nprint(solve([3]))  # returns 0") },
        { "arrows", "```python\n" + Sum + "\n```\n- `solve([1, 2])` -> 2\n- `solve([])` → 0\n- `solve([4, 6]) == 10`\n- solve([-2]) => -2.\n- solve([3]) -> 0" },
        { "json", System.Text.Json.JsonSerializer.Serialize(new { analysis = "Sum.", reference = Sum, tests = Asserts.Split('\n') }) },
        { "fenced json", "Here it is:\n```json\n" + System.Text.Json.JsonSerializer.Serialize(new
            {
                reference = $"```python\n{Sum}\n```",
                tests = new object[]
                {
                    new { input = "solve([1, 2])", expected = 2 }, new { arguments = new object[] { Array.Empty<int>() }, expected = 0 },
                    new { args = "[4, 6]", output = "10" }, new { input = new { xs = new[] { -2 } }, expected = -2 }, "assert solve([3]) == 0",
                },
            }) + "\n```" },
        { "a list of texts", "```python\n" + Sum + "\n```\ntests = [\n" + string.Join(",\n", Asserts.Split('\n').Select(line => $"    \"{line}\"")) + "\n]" },
    };

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task TestsAreReadAsTheyComeAndWhatTheyExpectCounts(string name, string answer)
    {
        TestSuite suite = await AskPaper(answer);
        Assert.True(suite.Cases.Count == 5, $"{name}: {suite.DropReason}, {string.Join("; ", (suite.Dropped ?? []).Select(test => $"{test.Arguments} {test.Reason}"))}");
        Assert.Equal(["-2", "0", "0", "10", "2"], suite.Cases.Select(test => test.Expected).Order(StringComparer.Ordinal));
        Assert.Equal(1, suite.PaperConsistency);
        // Read as a claim, each of the five denies a reference that is wrong about it.
        TestSuite denied = await AskPaper(answer.Replace("% 2 == 0", "% 2 == 5", StringComparison.Ordinal));
        Assert.Equal(3, Dropped(denied, SuiteReasons.TeacherDisagrees));
    }

    [Fact]
    public async Task NoProgramNoTests()
    {
        Assert.Equal(SuiteReasons.NoReference, (await AskPaper("Tests first:\n" + Asserts, "```python\ndef other(x): return x\n```")).DropReason);
        Assert.Equal(SuiteReasons.FewTests, (await AskPaper($"```python\n{Sum}\n```", "")).DropReason);
    }

    public static TheoryData<string> HostileTexts =>
    [
        string.Concat(Enumerable.Repeat("solve(", 40_000)),
        string.Concat(Enumerable.Repeat("assert solve(", 20_000)),
        string.Concat(Enumerable.Repeat("assert solve(1) == ", 20_000)),
        "solve(" + new string('[', 150_000),
        "solve(" + new string('-', 150_000) + "1)",
        "assert solve(1) == " + new string('-', 150_000) + "1",
        "solve(" + string.Concat(Enumerable.Repeat("frozenset({", 90)) + "1" + string.Concat(Enumerable.Repeat("})", 90)) + ")",
        "solve(" + new string('9', 190_000) + ")",
        "solve(0x" + new string('f', 190_000) + ")",
        "{\"reference\": " + new string('[', 100_000),
        "{\"reference\": \"" + new string('x', 300_000) + "\", \"tests\": [\"solve(0x" + new string('f', 190_000) + ")\"]}",
        string.Concat(Enumerable.Repeat("```python\n", 20_000)),
        string.Concat(Enumerable.Repeat("assert solve(1) == 1\n", 9_000)),
        string.Concat(Enumerable.Repeat("\"assert solve('\\\"", 12_000)),
    ];

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public async Task HostileTextsEndInNoSuite(string text)
    {
        // A time of its own would be a timed test; one that is quadratic here takes minutes.
        TestSuite suite = (await Ask(new(References: 1, MinReferences: 1, Modes: ["paper", "properties", "edges"]), Paper(text), new("properties", "t", [text, text]))).Suite;
        Assert.NotNull(suite.DropReason);
    }

    [Fact]
    public async Task BruteForceVotesWhereItReturnsAndCountsForNoConsistency()
    {
        // Two references against two, and brute force, which gives up on what is large, decides.
        string slow = "```python\ndef solve(xs):\n    if len(xs) > 3:\n        while True: pass\n    total = 0\n    for x in xs:\n        if x % 2 == 0: total += x\n    return total\n```";
        SuiteOptions options = new(MinTests: 4, Modes: ["inputs", "properties"], Limits: new(CallCpuMilliseconds: 200, CpuMilliseconds: 400));
        TestSuite suite = (await Ask(options, new("references", "t", [Sum, Sum, Wrong, Wrong]),
            new("inputs", "t", ["solve([1, 2])\nsolve([2])\nsolve([4, 6])\nsolve([-2, 3])\nsolve([1, 2, 3, 4])", ""]), new("properties", "t", [slow, "Nothing comes to mind."]))).Suite;
        Assert.Equal(4, suite.Cases.Count);
        Assert.Equal("10", Expected(suite)["[4, 6]"]);
        Assert.Equal(("[1, 2, 3, 4]", SuiteReasons.Disagreement, 0.5), Assert.Single(suite.Dropped!.Select(test => (test.Arguments, test.Reason, test.Agreement))));
        Assert.Equal(0.5, suite.SelfConsistency);
    }

    [Fact]
    public async Task AnswersThatViolateABelievedPropertyAreNone()
    {
        string property = "```python\ndef check_property(answer, xs):\n    return answer % 2 == 0\n```";
        ReplayedModel.Answer[] answers =
        [
            // Two of four are wrong where a number is odd, and no input but the last has one.
            new("references", "t", [Sum, Sum, "def solve(xs):\n    return sum(xs)", "def solve(xs):\n    return sum(xs)"]),
            new("inputs", "t", ["solve([2])\nsolve([2, 4])\nsolve([4, 6])\nsolve([-2])\nsolve([8])\nsolve([1, 2])", ""]),
            new("properties", "t", [property, "```python\ndef check_property(answer, xs):\n    return False\n```"]),
        ];
        // Where the property leaves half of the votes: one share asks for more, another is content.
        TestSuite suite = (await Ask(new(Modes: ["inputs", "properties"]), answers)).Suite;
        Assert.Equal(5, suite.Cases.Count);
        Assert.Equal(("[1, 2]", SuiteReasons.PropertyViolated), Assert.Single(suite.Dropped!.Select(test => (test.Arguments, test.Reason))));
        suite = (await Ask(new(Agreement: 0.5, Modes: ["inputs", "properties"]), answers)).Suite;
        Assert.Equal("2", Expected(suite)["[1, 2]"]);
        Assert.Equal(0.5, suite.SelfConsistency);
        // A property that no reference has is not believed: nothing is lost by it.
        suite = (await Ask(new(Modes: ["inputs", "properties"]), [.. Plain, new("properties", "t", ["```python\ndef check_property(answer, xs):\n    return False\n```", ""])])).Suite;
        Assert.Equal(5, suite.Cases.Count);
    }

    [Fact]
    public async Task TheTeacherSeesItsTestsAndAddsWhatTheyMiss()
    {
        (TestSuite suite, ReplayedModel teacher) = await Ask(new(Modes: ["inputs", "edges"]),
            [.. Plain, new("edges", "t", ["```python\nassert solve([]) == 0\nassert solve([2]) == 2\nassert solve([0, 7]) == 1\n```", "nothing is missed"])]);
        Assert.Equal(["references", "inputs", "edges"], teacher.Asked.Select(request => request.Key.Purpose));
        Assert.Contains("assert solve([4, 6]) == 10", teacher.Asked[2].Prompt);
        Assert.Equal("0", Expected(suite)["[]"]);
        Assert.Equal("0", Expected(suite)["[0, 7]"]);
        Assert.Equal(("[0, 7]", 0.6), Assert.Single(suite.Dropped!, test => test.Reason == SuiteReasons.TeacherDisagrees) is var denied ? (denied.Arguments, denied.Agreement) : default);
        Assert.Equal(1, Dropped(suite, SuiteReasons.Duplicate));
    }

    [Fact]
    public async Task WithoutTestsThereIsNothingToShow()
    {
        (TestSuite suite, ReplayedModel teacher) = await Ask(new(Modes: ["inputs", "edges", "killers"]), new("references", "t", ["", "", "", ""]), Plain[1]);
        Assert.Equal(SuiteReasons.NoReference, suite.DropReason);
        Assert.Equal(2, teacher.Asked.Count);
    }

    [Fact]
    public async Task ASurvivingWrongProgramIsShownAndCaught()
    {
        // It is wrong about zeros alone; two against two, no test says so.
        string survivor = "def solve(xs):\n    return -1 if 0 in xs else sum(x for x in xs if x % 2 == 0)";
        ReplayedModel.Answer[] answers =
        [
            new("references", "t", [Sum, Sum, survivor, survivor]),
            new("inputs", "t", ["solve([1, 2])\nsolve([2])\nsolve([4, 6])\nsolve([-2])\nsolve([8, 3])\nsolve([0])", ""]),
            new("killers", "t/0", ["assert solve([0, 2]) == 2\nassert solve([0]) == 0"]),
        ];
        (TestSuite suite, ReplayedModel teacher) = await Ask(new(Modes: ["inputs", "killers"]), answers);
        Assert.Equal(new DrawKey(1, 0, "killers", "t/0"), teacher.Asked[2].Key);
        Assert.Contains("return -1 if 0 in xs", teacher.Asked[2].Prompt);
        Assert.DoesNotContain("solve([0])", teacher.Asked[2].Prompt);
        // The claim is what tips the scales: two references and the teacher against two.
        Assert.Equal("2", Expected(suite)["[0, 2]"]);
        Assert.Equal("0", Expected(suite)["[0]"]);
        Assert.Equal(0.5, suite.SelfConsistency);
    }

    [Fact]
    public async Task MutantsThatSurviveAreShownToo()
    {
        (_, ReplayedModel teacher) = await Ask(new(Modes: ["inputs", "killers"], Mutants: 40, Survivors: 2),
        [
            new("references", "t", [.. Enumerable.Repeat("def solve(n):\n    return n + 1 if n > 100 else n", 4)]),
            new("inputs", "t", ["solve(1)\nsolve(2)\nsolve(3)\nsolve(4)\nsolve(5)\nsolve(300)", ""]),
            new("killers", "t/0", ["solve(101)"]), new("killers", "t/1", ["solve(100)"]),
        ]);
        Assert.Equal(4, teacher.Asked.Count);
        Assert.All(teacher.Asked.Skip(2), request => Assert.DoesNotContain("    return n + 1 if n > 100 else n\n", request.Prompt));
    }

    [Fact]
    public async Task InputsInJsonAreReadWithoutWhatIsSaidOfTheirResults()
    {
        (TestSuite suite, ReplayedModel teacher) = await Ask(new(),
        [
            Plain[0], new("inputs", "t", ["""{"inputs": ["solve([1, 2])", "solve([2]) == 7", "solve([4, 6])", "solve([-2])", "solve([8, 3])"]}""", ""]),
        ]);
        Assert.Equal(["-2", "10", "2", "2", "8"], suite.Cases.Select(test => test.Expected).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(suite.Dropped ?? [], test => test.Reason == "teacher_disagrees");
        Assert.Null(teacher.Asked[0].Structured);
        Assert.Equal("inputs", teacher.Asked[1].Structured!.Name);
        Assert.Contains("Answer with one JSON object", teacher.Asked[1].Structured!.Prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryFormIsAStrictSchemaThatTheReaderKnows()
    {
        (_, ReplayedModel teacher) = await Ask(new(Modes: SuiteModes.All, Survivors: 1),
        [
            .. Plain, Paper(Fenced(Sum, Asserts), Fenced(Sum, Asserts), Fenced(Sum, Asserts), Fenced(Wrong, Asserts)), new("properties", "t", ["", ""]), new("edges", "t", ["", ""]), new("killers", "t/0", [""]),
        ]);
        StructuredForm[] forms = [.. teacher.Asked.Select(request => request.Structured).OfType<StructuredForm>()];
        Assert.Equal(["inputs", "tests", "edges"], forms.Take(3).Select(form => form.Name));
        Assert.All(forms, form =>
        {
            System.Text.Json.JsonElement schema = System.Text.Json.JsonElement.Parse(form.Schema);
            Assert.Equal(schema.GetProperty("properties").EnumerateObject().Select(one => one.Name), schema.GetProperty("required").EnumerateArray().Select(one => one.GetString()!));
            Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
            Assert.All(schema.GetProperty("required").EnumerateArray(), name => Assert.Contains($"- {name.GetString()}: ", form.Prompt, StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task TeachersAreComparedByTheAnswersThatMostOfTheirReferencesGive()
    {
        static ReplayedModel One(params string[] references) => new([new("references", "t", references), Plain[1]]);
        using WeightedModels teachers = new([new("right", One(Sum, Sum, Wrong), 1), new("wrong", One(Wrong, Wrong, Sum), 1)]);
        List<TestSuite> suites = [];
        await foreach (TestSuite suite in new SuiteBuilder(teachers, python.Sandbox, new(References: 6, InputCompletions: 2, MinTests: 1, Agreement: 0.1)).BuildAsync([Exercise], 1)) suites.Add(suite);
        // On [8, 3] they say 8 and 3, and so on; none of the five inputs has a sum of odd numbers equal to that of even ones.
        TeacherAgreement pair = Assert.Single(suites[0].TeacherAgreement!);
        Assert.Equal(("right", "wrong", 5, 0), (pair.First, pair.Second, pair.Inputs, pair.Agreed));
        SuiteFigures figures = SuiteFigures.Of([suites[0], suites[0] with { TeacherAgreement = [pair with { Inputs = 15, Agreed = 5 }] }, new("u", "solve", [])]);
        Assert.Equal(new TeacherAgreement("right", "wrong", 20, 5), Assert.Single(figures.TeacherAgreement!));
        Assert.Equal(0.25, figures.TeacherAgreement![0].Share);
        Assert.Null((await Ask(new(), Plain)).Suite.TeacherAgreement);
    }

    [Fact]
    public void ThePapersConsistencyIsAMeanOverTheInstructionsThatHaveOne()
    {
        TestSuite suite = new("t", "solve", []);
        Assert.Equal(0.5, SuiteFigures.Of([suite with { PaperConsistency = 0.75 }, suite, suite with { PaperConsistency = 0.25, DropReason = "few_tests" }]).PaperConsistency);
        Assert.Null(SuiteFigures.Of([suite]).PaperConsistency);
    }

    [Fact]
    public async Task AModeMoreChangesNoOtherQuestion()
    {
        ReplayedModel.Answer[] all = [.. Plain, Paper(Sum, Sum, Sum, Sum), new("properties", "t", ["", ""]), new("edges", "t", ["", ""])];
        ReplayedModel one = (await Ask(new(), all)).Teacher, more = (await Ask(new(Modes: ["edges", "properties", "paper", "inputs"]), all)).Teacher;
        Assert.Equal(one.Asked, more.Asked.Take(2));
        Assert.Equal(["references", "inputs", "paper", "properties", "edges"], more.Asked.Select(request => request.Key.Purpose));
    }

    [Fact]
    public async Task RoundsOfAskingAreTheSameAfterARestart()
    {
        Instruction[] instructions = [.. Enumerable.Range(0, 7).Select(at => new Instruction($"t{at}", "sum the even numbers", "solve"))];
        ReplayedModel.Answer[] answers = [.. instructions.SelectMany(one => Plain.Select(answer => answer with { Subject = one.Id }).Append(new("edges", one.Id, ["solve([])", "solve([9])"])))];
        SuiteOptions options = new(ChunkInstructions: 3, Modes: ["inputs", "edges"]);
        List<TestSuite> whole = await Build(0);
        Assert.Equal(instructions.Select(one => one.Id), whole.Select(suite => suite.InstructionId));
        Assert.All(whole, suite => Assert.Equal(7, suite.Cases.Count));
        foreach (int done in (int[])[1, 3, 5, 7])
            Assert.Equal(whole.Skip(done).Select(suite => suite.InstructionId), (await Build(done)).Select(suite => suite.InstructionId));

        async Task<List<TestSuite>> Build(int done)
        {
            List<TestSuite> suites = [];
            await foreach (TestSuite suite in new SuiteBuilder(new ReplayedModel(answers), python.Sandbox, options).BuildAsync(instructions, 1, done)) suites.Add(suite);
            return suites;
        }
    }
}
