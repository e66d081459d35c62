using System.Text.Json;
using Plum.Suites;
using Plum.Tests.Sandboxes;
using Xunit;

namespace Plum.Tests.Suites;

/// <summary>A teacher's answers from teacher.jsonl, executed by the real sandbox.</summary>
public sealed class SuiteBuilderTest(SandboxFixture python)
{
    private static readonly string Teacher = Path.Combine(Repository.Root, "test", "Plum.Tests", "Suites", "teacher.jsonl");

    private static Instruction[] All { get; } =
        [.. new[] { "even-sum", "quarrel", "broken", "identity", "constant", "few", "edge", "opaque", "loops", "silent" }.Select(id => new Instruction(id, $"do {id}", "solve"))];

    private async Task<List<TestSuite>> Build(Instruction[] instructions, SuiteOptions? options = null, int done = 0)
    {
        SuiteBuilder builder = new(await ReplayedModel.ReadAsync(Teacher), python.Sandbox, options);
        List<TestSuite> suites = [];
        await foreach (TestSuite suite in builder.BuildAsync(instructions, 1, done)) suites.Add(suite);
        return suites;
    }

    private async Task<TestSuite> Build(string id, SuiteOptions? options = null) =>
        Assert.Single(await Build([new Instruction(id, $"do {id}", "solve")], options));

    [Fact]
    public async Task WhatTheReferencesAgreeOnBecomesTheSuite()
    {
        TestSuite suite = await Build("even-sum");
        Assert.Null(suite.DropReason);
        Assert.Equal(10, suite.Cases.Count);
        Assert.Contains(new TestCase("[1, 2, 3, 4]", "6"), suite.Cases);
        Assert.Contains(new TestCase("[10, -2]", "8"), suite.Cases);
        Assert.All(suite.Cases, test => Assert.Equal(EvenSum(test.Arguments), test.Expected));
        // The first test is one that the wrong reference fails.
        Assert.NotEqual("0", suite.Cases[0].Expected);
        Assert.Equal(0.75, suite.SelfConsistency);
        Assert.Equal(3, suite.References!.Count);
        Assert.StartsWith("def solve(xs):\n    return sum(x for x in xs if x % 2 == 0)", suite.References[0]);
        Assert.Contains("% 2 == 1", suite.References[2]);
        Assert.InRange(suite.ReferenceCpuMilliseconds!.Value, 12.5, 400);
        Dictionary<string, int> dropped = suite.Dropped!.CountBy(test => test.Reason).ToDictionary();
        Assert.Equal(1, dropped[SuiteReasons.Duplicate]);
        Assert.Equal(1, dropped[SuiteReasons.NotALiteral]);
        Assert.Equal(1, dropped[SuiteReasons.NoReferenceReturned]);
        Assert.Equal(2, dropped[SuiteReasons.Surplus]);
    }

    private static string EvenSum(string list) => list.Trim('[', ']').Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(int.Parse).Where(number => number % 2 == 0).Sum().ToString(System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("quarrel", SuiteReasons.FewTests, SuiteReasons.Disagreement, 6)]
    [InlineData("broken", SuiteReasons.NoReference, SuiteReasons.NoReferenceReturned, 6)]
    [InlineData("identity", SuiteReasons.Trivial, SuiteReasons.InstructionDropped, 6)]
    [InlineData("constant", SuiteReasons.Trivial, SuiteReasons.InstructionDropped, 7)]
    [InlineData("few", SuiteReasons.FewTests, SuiteReasons.InstructionDropped, 3)]
    [InlineData("opaque", SuiteReasons.FewTests, SuiteReasons.NotALiteral, 6)]
    [InlineData("silent", SuiteReasons.FewTests, "", 0)]
    public async Task WhatCannotBeTrustedIsDroppedWithItsReason(string id, string reason, string tests, int count)
    {
        TestSuite suite = await Build(id);
        Assert.Equal(reason, suite.DropReason);
        Assert.Empty(suite.Cases);
        Assert.Equal(count, suite.Dropped!.Count);
        Assert.All(suite.Dropped, test => Assert.Equal(tests, test.Reason));
    }

    [Fact]
    public async Task AReferenceThatDoesNotParseHasNoVoteAndTypesCount()
    {
        TestSuite suite = await Build("edge");
        Assert.Equal(["[0, -5]", "[1]", "[2, 1]", "[3, 1, 2]", "[4, 1, 2, 3]", "[7, 8, 9, 1, 2]"], suite.Cases.Select(test => test.Arguments).Order(StringComparer.Ordinal));
        // 4.0 is not 4: two of three say 4, which is enough; and it is the test that tells programs apart.
        Assert.Equal(new TestCase("[4, 1, 2, 3]", "4"), suite.Cases[0]);
        Assert.Equal(0.5, suite.SelfConsistency);
        DroppedTest empty = Assert.Single(suite.Dropped!);
        Assert.Equal(("[]", SuiteReasons.NoReferenceReturned, 0.0), (empty.Arguments, empty.Reason, empty.Agreement));
    }

    [Fact]
    public async Task ACallThatNeverEndsIsNoTest()
    {
        TestSuite suite = await Build("loops", new() { Limits = new(CallCpuMilliseconds: 200, CpuMilliseconds: 1_000) });
        Assert.Equal(6, suite.Cases.Count);
        Assert.Equal("3", Assert.Single(suite.Dropped!).Arguments);
    }

    [Fact]
    public async Task ATaskThatTakesLongHasItsTime()
    {
        string slow = "def solve(n):\n    import time\n    end = time.process_time() + 0.15\n    while time.process_time() < end: pass\n    return n * 2";
        ReplayedModel teacher = new(
        [
            new("references", "slow", [slow, slow, slow, "def solve(n):\n    return n * 3"]),
            new("inputs", "slow", [string.Join('\n', Enumerable.Range(1, 5).Select(n => $"solve({n})")), ""]),
        ]);
        await foreach (TestSuite suite in new SuiteBuilder(teacher, python.Sandbox).BuildAsync([new("slow", "double it slowly", "solve")], 1))
        {
            Assert.Equal(["2", "4", "6", "8", "10"], suite.Cases.Select(test => test.Expected).OrderBy(int.Parse));
            Assert.Equal(0.75, suite.SelfConsistency);
            Assert.InRange(suite.ReferenceCpuMilliseconds!.Value, 800, 3_200);
        }
    }

    [Fact]
    public async Task SuitesAreTheSameAgainAndAfterARestart()
    {
        SuiteOptions options = new(ChunkInstructions: 4, Limits: new(CallCpuMilliseconds: 200, CpuMilliseconds: 1_000));
        List<TestSuite> whole = await Build(All, options);
        Assert.Equal(All.Select(instruction => instruction.Id), whole.Select(suite => suite.InstructionId));
        List<TestSuite> rest = await Build(All, options, done: 6);
        Assert.Equal(Bytes(whole.Skip(6)), Bytes(rest));
        Assert.Empty(await Build(All, options, done: All.Length));

        SuiteFigures figures = SuiteFigures.Of(whole);
        Assert.Equal((10, 3), (figures.Instructions, figures.Kept));
        Assert.Equal((0.75 + 0.5 + 1) / 3, figures.SelfConsistency, 12);
        Assert.Equal(22 / 3.0, figures.TestsPerSuite, 12);
        Assert.Equal([(SuiteReasons.FewTests, 4), (SuiteReasons.NoReference, 1), (SuiteReasons.Trivial, 2)], figures.Dropped.Select(one => (one.Key, one.Value)));
        Assert.Equal(6, figures.DroppedTests[SuiteReasons.Disagreement]);
    }

    // Measured times are rounded up to powers of two, but a busy machine may still double one.
    private static string Bytes(IEnumerable<TestSuite> suites) =>
        JsonSerializer.Serialize(suites.Select(suite => suite with { ReferenceCpuMilliseconds = null }), PlumJson.Lines);

    [Fact]
    public async Task TheTeacherIsAskedBothThingsUnderKeysOfTheirOwn()
    {
        ReplayedModel teacher = await ReplayedModel.ReadAsync(Teacher);
        await foreach (TestSuite _ in new SuiteBuilder(teacher, python.Sandbox, new(Prompts: TeacherPrompts.Seed)).BuildAsync(All[..1], 5)) { }
        Assert.Equal(["<|user|>do even-sum<|assistant|>", "<|user|>Test inputs: do even-sum<|assistant|>"], teacher.Asked.Select(request => request.Prompt));
        Assert.Equal([new DrawKey(5, 0, "references", "even-sum"), new(5, 0, "inputs", "even-sum")], teacher.Asked.Select(request => request.Key));
        Assert.Equal([4, 2], teacher.Asked.Select(request => request.Count));
        Assert.Contains("`solve`", TeacherPrompts.Default.Of("reference").Render(("instruction", "x"), ("entry_point", "solve")));
        Assert.Contains("solve(...)", TeacherPrompts.Default.Of("inputs").Render(("instruction", "x"), ("entry_point", "solve")));
    }
}
