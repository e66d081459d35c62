using Plum.Suites;
using Plum.Tests.Sandboxes;
using Xunit;

namespace Plum.Tests.Suites;

public sealed class SuiteTrialsTest(SandboxFixture python)
{
    private Task<TestSuite> Build(string reference, IEnumerable<string> inputs, SuiteOptions options) => Lesson.BuildAsync(python, [reference, reference], inputs, options);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnAnswerThatFollowsTheHashSeedIsFlaky(bool drop)
    {
        string set = "def solve(ws):\n    return [w.upper() for w in set(ws)]";
        string many = "['ant', 'bee', 'cat', 'dog', 'eel', 'fox', 'gnu', 'hen']";
        TestSuite suite = await Build(set, ["['ant']", "['bee', 'bee']", "[]", many], Lesson.Options with { DropFlaky = drop });
        Assert.Equal(drop ? 3 : 4, suite.Cases.Count);
        Assert.Equal(drop ? [(many, SuiteReasons.Flaky)] : [], (suite.Dropped ?? []).Select(test => (test.Arguments, test.Reason)));
    }

    [Fact]
    public async Task AnAnswerThatFollowsTheCallsBeforeItIsFlaky()
    {
        string counter = "calls = 0\ndef solve(n):\n    global calls\n    calls += 1\n    return n if n < 10 else n * calls";
        TestSuite suite = await Build(counter, ["[1]", "2", "3", "4", "50", "5"], Lesson.Options with { DropFlaky = true, MinTests = 2 });
        Assert.Equal(SuiteReasons.Trivial, suite.DropReason);
        Assert.Equal("50", Assert.Single(suite.Dropped!, test => test.Reason == SuiteReasons.Flaky).Arguments);
    }

    [Fact]
    public async Task ATestThatTakesMuchOfTheLimitIsSlow()
    {
        string slow = "import time\ndef solve(n):\n    end = time.process_time() + (0.3 if n == 7 else 0)\n    while time.process_time() < end: pass\n    return n * 2";
        TestSuite suite = await Build(slow, ["1", "7", "8"], Lesson.Options with { SlowShare = 0.2 });
        Assert.Equal(["1: 2", "8: 16"], suite.Tests());
        Assert.Equal(("7", SuiteReasons.Slow), suite.Dropped!.Select(test => (test.Arguments, test.Reason)).Single());
    }

    [Fact]
    public async Task MutantsBringTheBoundaryIntoTheSuite()
    {
        string[] inputs = ["10", "20", "-5", "2", "30", "3", "40"];
        string reference = Lesson.Returning("n * 2 if n > 3 else 1");
        TestSuite without = await Build(reference, inputs, Lesson.Options with { MaxTests = 3 });
        Assert.Equal(["-5: 1", "10: 20", "20: 40"], without.Tests());
        // Only 3 tells n > 3 from n >= 3.
        TestSuite with = await Build(reference, inputs, Lesson.Options with { MaxTests = 3, Mutants = 40 });
        Assert.Contains("3: 1", with.Tests());
    }

    [Fact]
    public async Task VariedInputsAreMoreTestsOfTheSameKind()
    {
        TestSuite suite = await Build(Lesson.Returning("n * 2"), ["4", "9"], Lesson.Options with { VariedInputs = 6 });
        Assert.Equal(8, suite.Cases.Count);
        Assert.All(suite.Cases, test => Assert.Equal(2 * int.Parse(test.Arguments), int.Parse(test.Expected)));
        // The teacher's inputs hold no number below 4, so none is made.
        Assert.All(suite.Cases, test => Assert.True(int.Parse(test.Arguments) >= 4));
        TestSuite again = await Build(Lesson.Returning("n * 2"), ["4", "9"], Lesson.Options with { VariedInputs = 6 });
        Assert.Equal(suite.Cases, again.Cases);
    }

    [Fact]
    public async Task AnEmptySetIsVariedWhereNoInputHoldsAList()
    {
        TestSuite suite = await Build(Lesson.Returning("len(n)"), ["set()", "{3, 5}"], Lesson.Options with { VariedInputs = 6 });
        Assert.True(suite.Cases.Count > 2);
        Assert.All(suite.Cases, test => Assert.True(test.Arguments == "set()" || test.Arguments.StartsWith('{'), test.Arguments));
    }

    [Fact]
    public async Task AnInstructionWhoseReferencesQuarrelIsInconsistent()
    {
        string[] references = [Lesson.Returning("n * 2"), Lesson.Returning("n + n"), Lesson.Returning("n * n")];
        SuiteOptions options = Lesson.Options with { MinConsistency = 0.7 };
        TestSuite suite = await Lesson.BuildAsync(python, references, ["1", "2", "3"], options);
        Assert.Equal(SuiteReasons.Inconsistent, suite.DropReason);
        Assert.Null((await Lesson.BuildAsync(python, references, ["1", "2", "3"], options with { MinConsistency = 0.6 })).DropReason);
    }
}
