using Plum.Evaluation;
using Plum.Tests.Sandboxes;
using Plum.Verdicts;
using Xunit;

namespace Plum.Tests.Evaluation;

/// <summary>Replayed completions, judged by the real verifier in the real sandbox.</summary>
public sealed class EvaluatorTest(SandboxFixture python)
{
    private static readonly (string Id, string Greedy, string? Failure)[] Tasks =
    [
        ("right", "```python\ndef solve(n):\n    return n * 2\n```", null),
        ("wrong", "def solve(n):\n    return n ** 2", "wrong_answer"),
        ("typed", "def solve(n):\n    return n * 2.0", "wrong_answer"),
        ("raises", "def solve(n):\n    return n + 'a'", "TypeError"),
        ("syntax", "def solve(n)\n    return n * 2", "syntax"),
        ("prose", "I am sorry, I cannot do that.", "no_program"),
        ("loops", "def solve(n):\n    while True: pass", "timeout"),
        ("exits", "import os\ndef solve(n):\n    os._exit(0)", "crashed"),
    ];

    private static readonly Benchmark Doubling = new("doubling", [.. Tasks.Select(task => new BenchmarkTask(
        task.Id, "Double n.", "solve", [new("2", "4"), new("3", "6")], task.Id.Length > 5 ? "long" : "short"))]);

    private static ReplayedModel Model(params string[] samples) => new(
        [.. Tasks.Select(task => new ReplayedModel.Answer("greedy", task.Id, [task.Greedy])), .. Tasks.Select(task => new ReplayedModel.Answer("evaluation", task.Id, task.Id == "loops" ? [.. samples.Select(_ => "")] : samples))]);

    private Verifier Verifier => new(python.Sandbox, new VerifierOptions(Limits: new(CallCpuMilliseconds: 200, CpuMilliseconds: 1_000)));

    [Fact]
    public async Task EveryTaskHasItsResultAndEveryFailureItsKind()
    {
        EvaluationReport report = await new Evaluator(Model(), Verifier, new(ChunkInstructions: 3)).EvaluateAsync(Doubling, 1, 4);
        Assert.Equal(Tasks.Select(task => (task.Id, task.Failure)), report.Tasks.Select(task => (task.TaskId, task.Failure)));
        Assert.Equal(("doubling", 4, 8, 0.125), (report.Benchmark, report.PolicyVersion, report.N, report.PassAt1));
        Interval interval = Interval.Wilson(1, 8);
        Assert.Equal((interval.Low, interval.High), (report.CiLow, report.CiHigh));
        Assert.Equal(2, report.Failures["wrong_answer"]);
        Assert.Equal(7, report.Failures.Values.Sum());
        Assert.Equal([("long", new FamilyFigures(2, 0)), ("short", new FamilyFigures(6, 1))], report.Families.Select(family => (family.Key, family.Value)));
        Assert.Null(report.PassAtK);
        TaskResult wrong = report.Tasks[1];
        Assert.Equal((1, "3", "6", "9"), (wrong.FirstFailure!.Case, wrong.FirstFailure.Arguments, wrong.FirstFailure.Expected, wrong.FirstFailure.Got));
    }

    [Fact]
    public async Task FurtherSamplesGivePassAtK()
    {
        string right = Tasks[0].Greedy, wrong = Tasks[1].Greedy;
        EvaluationReport report = await new Evaluator(Model(right, wrong, wrong, right), Verifier, new(Samples: 4)).EvaluateAsync(Doubling, 1, 0);
        Assert.Equal((4, 2), (report.Tasks[0].Samples, report.Tasks[0].SamplesPassed));
        Assert.Equal([1, 4], report.PassAtK!.Select(figure => figure.K));
        // Seven tasks with 2 of 4, one with none.
        Assert.Equal(7 / 8.0 * 0.5, report.PassAtK![0].Value, 12);
        Assert.Equal(7 / 8.0, report.PassAtK[1].Value, 12);
        Assert.InRange(report.PassAtK[1].CiLow, 0.5, 0.8);
        Assert.Equal(1, report.PassAtK[1].CiHigh);
    }

    [Fact]
    public async Task ReportsArePairedByTask()
    {
        EvaluationReport before = await new Evaluator(Model(), Verifier).EvaluateAsync(Doubling, 1, 0);
        EvaluationReport after = before with { Tasks = [.. before.Tasks.Select(task => task with { Passed = task.TaskId is "wrong" or "typed" })] };
        PairedTest test = before.CompareWith(after, new(1, 0, "paired"));
        Assert.Equal((2, 1, 1.0), (test.Gained, test.Lost, test.PValue));
        Assert.Throws<ArgumentException>(() => before.CompareWith(before with { Tasks = before.Tasks.Skip(1).ToArray() }, new(1, 0, "paired")));
    }
}
