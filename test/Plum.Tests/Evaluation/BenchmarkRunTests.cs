using Plum.Evaluation;
using Plum.Evaluation.Benchmarks;
using Plum.Evaluation.Judging;
using Plum.Tests.Evaluation.Benchmarks;
using Plum.Tests.Sandboxes;
using Xunit;

namespace Plum.Tests.Evaluation;

/// <summary>Results on disk, gone on with after a kill, and their figures.</summary>
public sealed class BenchmarkRunTests(SandboxFixture python)
{
    private static readonly IReadOnlyList<PublicTask> Tasks =
    [
        .. DataFile.Read("humaneval+", DataFile.EvalPlus("HumanEval/0", "f", "def f(x): return x\n", "[[1]]", "[[2]]"), DataFile.EvalPlus("HumanEval/1", "f", "def f(x): return -x\n", "[[1]]", "[[2]]"), DataFile.EvalPlus("HumanEval/2", "f", "def f(x): return 0\n", "[[1]]", "[[2]]")),
    ];

    private static readonly Sample[] Samples =
    [
        new("HumanEval/0", 0, "def f(x): return x"), new("HumanEval/0", 1, "def f(x): return 1"),
        new("HumanEval/1", 0, "def f(x): return -1"), new("HumanEval/1", 1, "def f(x): raise KeyError(x)"),
    ];

    [Fact]
    public async Task ATornFileIsGoneOnWithAndEndsAsOneThatWasNot()
    {
        string folder = Directory.CreateTempSubdirectory("plum-results-").FullName, whole = Path.Combine(folder, "a.jsonl"), torn = Path.Combine(folder, "b.jsonl");
        IReadOnlyList<SampleResult> results = await RunAsync(whole);
        string[] lines = await File.ReadAllLinesAsync(whole, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(torn, lines[0] + "\n" + lines[1][..20], TestContext.Current.CancellationToken);
        IReadOnlyList<SampleResult> again = await RunAsync(torn);
        Assert.Equal(lines[0], (await File.ReadAllLinesAsync(torn, TestContext.Current.CancellationToken))[0]);
        Assert.Equal(results.Select(Told), again.Select(Told));
        Assert.Equal([(true, SetStatus.Pass, SetStatus.Pass), (false, SetStatus.Pass, SetStatus.Fail), (false, SetStatus.Pass, SetStatus.Fail), (false, SetStatus.Fail, SetStatus.Fail)], results.Select(result => (result.Passed, result.Base, result.Plus!.Value)));
        Assert.Equal(("plus", 0, "2", "2", "1"), results[1].FirstFailure is { } first ? (first.Set, first.Case, first.Input, first.Expected, first.Got) : default);
        Assert.Equal("KeyError", results[3].Failure);
    }

    [Fact]
    public async Task FiguresCountFirstSamplesAndEstimateTheRest()
    {
        IReadOnlyList<SampleResult> results = await RunAsync(Path.Combine(Directory.CreateTempSubdirectory("plum-results-").FullName, "a.jsonl"));
        BenchmarkFigures figures = BenchmarkFigures.Of(PublicBenchmark.Named("humaneval+")!, EvaluationMode.Parity, Tasks, results, null, 1, 0, "full");
        Assert.Equal((2, 4, 2, 1, 1), (figures.NTasks, figures.NSamples, figures.BasePassed, figures.PlusPassed, figures.MissingTasks));
        Assert.Equal(0.25, figures.PassAtK["1"], 12);
        Assert.Equal(0.5, figures.PassAtK["2"], 12);
        Assert.Equal(1, figures.BasePassAtK!["2"], 12);
        Assert.Equal(0.25, BenchmarkFigures.PassAt1(results), 12);
        Assert.Throws<InputException>(() => BenchmarkFigures.Of(PublicBenchmark.Named("humaneval+")!, EvaluationMode.Parity, Tasks, results, [3], 1, 0, "full"));
    }

    [Fact]
    public async Task TwoEvaluationsAreComparedTaskByTask()
    {
        IReadOnlyList<SampleResult> before = await RunAsync(Path.Combine(Directory.CreateTempSubdirectory("plum-results-").FullName, "a.jsonl"));
        SampleComparison comparison = SampleComparison.Of(before, [.. before.Select(result => result with { Passed = true })], new(1, 0, "compare"));
        Assert.Equal((0.25, 1.0, 2, 0), (comparison.Before, comparison.After, comparison.Tasks, comparison.OnlyInOne));
        Assert.Equal(["HumanEval/1"], comparison.Gained);
        Assert.True(comparison.Real);
        Assert.False(SampleComparison.Of(before, before, new(1, 0, "compare")).Real);
        Assert.Throws<InputException>(() => SampleComparison.Of(before, [before[0] with { TaskId = "other" }], new(1, 0, "compare")));
    }

    private static object Told(SampleResult result) => (result.TaskId, result.Sample, result.Passed, result.Base, result.Plus, result.Failure, result.FirstFailure);

    private Task<IReadOnlyList<SampleResult>> RunAsync(string file) => BenchmarkRun.JudgeAsync(
        file, Tasks, Samples.ToAsyncEnumerable(), new SampleJudge(python.Sandbox, EvaluationMode.Parity), cancellation: TestContext.Current.CancellationToken);
}
