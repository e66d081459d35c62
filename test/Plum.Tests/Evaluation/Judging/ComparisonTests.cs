using Plum.Evaluation;
using Plum.Evaluation.Benchmarks;
using Plum.Evaluation.Judging;
using Plum.Tests.Evaluation.Benchmarks;
using Plum.Tests.Sandboxes;
using Xunit;

namespace Plum.Tests.Evaluation.Judging;

/// <summary>EvalPlus's comparison beside the strict one: (canonical, candidate, inputs) and what each says.</summary>
public sealed class ComparisonTests(SandboxFixture python)
{
    public static TheoryData<string, string, string, string, bool, bool> Cases { get; } = new()
    {
        { "the same", "return x", "return x", "[[1], [[1, 2]]]", true, true },
        { "an int for a float of the same size", "return x * 1.0", "return x", "[[2]]", true, true },
        { "a tuple for a list", "return [x]", "return (x,)", "[[2]]", false, false },
        { "a Counter for a dict", "return {x: 1}", "import collections\n    return collections.Counter([x])", "[[2]]", true, true },
        { "a namedtuple for a tuple", "return (x, 1)", "import collections\n    return collections.namedtuple('P', 'a b')(x, 1)", "[[2]]", true, true },
        { "a close float", "return x / 3", "return x / 3 + 1e-9", "[[2]]", true, true },
        { "a float that is not close", "return x / 3", "return x / 3 + 1e-3", "[[2]]", false, false },
        { "close floats in a nested list", "return [[x / 3]]", "return [[x / 3 + 1e-9]]", "[[2]]", false, true },
        { "NaN", "return float('nan')", "return float('nan')", "[[2]]", false, true },
        { "a whole number off by one after a float", "return 0.5 if x == 0 else 10 ** 9", "return 0.5 if x == 0 else 10 ** 9 + 1", "[[0], [1]]", true, false },
        { "a whole number off by one before a float", "return 0.5 if x == 0 else 10 ** 9", "return 0.5 if x == 0 else 10 ** 9 + 1", "[[1], [0]]", false, false },
        { "broadcast lists", "return 0.5 if x == 0 else [[1.5, 1.5], [2.5, 2.5]]", "return 0.5 if x == 0 else [[1.5], [2.5]]", "[[0], [1]]", true, false },
        { "an exact answer of numbers too large for a float", "return 10 ** 30 + x", "return float(10 ** 30 + x)", "[[1]]", false, false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task EachModeHasItsOwnIdea(string what, string canonical, string candidate, string inputs, bool parity, bool strict)
    {
        Assert.NotEmpty(what);
        PublicTask task = DataFile.Read("humaneval+", DataFile.EvalPlus("HumanEval/0", "f", $"def f(x):\n    {canonical}\n", inputs, inputs)).Single();
        string program = $"def f(x):\n    {candidate}\n";
        Assert.Equal((parity, strict), ((await JudgeAsync(task, program, EvaluationMode.Parity)).Passed, (await JudgeAsync(task, program, EvaluationMode.Strict)).Passed));
        Assert.Equal(parity != strict, (await JudgeAsync(task, program, EvaluationMode.Strict)).OtherMode is not null);
    }

    [Theory]
    [InlineData("Mbpp/164", "are_equivalent", "return False", "return 'anything'", true, false)]
    [InlineData("Mbpp/2", "similar_elements", "return (1, 2)", "return [2, 1]", true, true)]
    [InlineData("Mbpp/2", "similar_elements", "return (1, 2)", "return iter([2, 1])", true, true)]
    [InlineData("Mbpp/2", "similar_elements", "return (1, 2)", "return [2, 3]", false, false)]
    [InlineData("Mbpp/794", "text_starta_endb", "import re\n    return re.search('a', 'a')", "return True", true, true)]
    [InlineData("Mbpp/794", "text_starta_endb", "import re\n    return re.search('a', 'a')", "return None", false, false)]
    [InlineData("Mbpp/558", "digit_distance_nums", "return -1", "return 6", true, true)]
    [InlineData("Mbpp/581", "surface_Area", "return -1", "return 33", false, false)]
    public async Task TasksWithMoreThanOneAnswerHaveTheirOracles(string id, string entry, string canonical, string candidate, bool parity, bool strict)
    {
        // For 558 the arguments are (23, 56): 3 + 3 apart.
        PublicTask task = DataFile.Read("mbpp+", DataFile.EvalPlus(id, entry, $"def {entry}(a, b):\n    {canonical}\n", "[[[23], [56]]]".Replace("[23], [56]", id == "Mbpp/2" ? "[23], [56]" : "23, 56", StringComparison.Ordinal))).Single();
        string program = $"def {entry}(a, b):\n    {candidate}\n";
        Assert.Equal((parity, strict), ((await JudgeAsync(task, program, EvaluationMode.Parity)).Passed, (await JudgeAsync(task, program, EvaluationMode.Strict)).Passed));
    }

    [Fact]
    public async Task ARootIsTriedOnTheCoefficientsAsTheProgramLeftThemInParityAlone()
    {
        PublicTask task = DataFile.Read("humaneval+", DataFile.EvalPlus("HumanEval/32", "find_zero", "def find_zero(xs):\n    return -0.5\n", "[[[1, 2]]]", "[[[1, 2]]]", 1e-4)).Single();
        Assert.True((await JudgeAsync(task, "def find_zero(xs):\n    return -0.50001\n", EvaluationMode.Strict)).Passed);
        const string Emptying = "def find_zero(xs):\n    xs.clear()\n    return 7.0\n";
        Assert.True((await JudgeAsync(task, Emptying, EvaluationMode.Parity)).Passed);
        SampleVerdict strict = await JudgeAsync(task, Emptying, EvaluationMode.Strict);
        Assert.False(strict.Passed);
        Assert.Contains("left them", strict.OtherMode!.Cause, StringComparison.Ordinal);
    }

    private Task<SampleVerdict> JudgeAsync(PublicTask task, string program, EvaluationMode mode) =>
        new SampleJudge(python.Sandbox, mode).JudgeAsync(task, program, TestContext.Current.CancellationToken);
}
