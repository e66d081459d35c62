using Plum.Evaluation;
using Plum.Evaluation.Benchmarks;
using Plum.Tests.Evaluation.Benchmarks;
using Xunit;

namespace Plum.Tests.Evaluation;

/// <summary>Training lines that hold a piece of a task are found, whatever is around it; short likenesses are not.</summary>
public sealed class ContaminationTests
{
    [Fact]
    public void APieceOfATaskIsFoundWithItsLine()
    {
        const string Solution = "def rotate(values, count):\\n    steps = count % len(values)\\n    head = values[:steps]\\n    tail = values[steps:]\\n    return tail + head\\n";
        IReadOnlyList<PublicTask> tasks = DataFile.Read("humaneval", Row("HumanEval/0", Solution), Row("HumanEval/1", "    return 1\\n"));
        string file = Path.Combine(Directory.CreateTempSubdirectory("plum-training-").FullName, "training.jsonl");
        File.WriteAllLines(file, ["""{"text": "def rotate(values): return values"}""", $$"""{"text": "# copied\n{{Solution}}"}"""]);
        Contaminated found = Assert.Single(Contamination.Find(tasks, [file]));
        Assert.Equal(("HumanEval/0", 2), (found.TaskId, found.Line));
        Assert.InRange(found.Shared, 0.5, 1);
        Assert.Throws<InputException>(() => Contamination.Find(tasks, [file + ".none"]));
    }

    private static string Row(string id, string solution) =>
        $$"""{"task_id": "{{id}}", "prompt": "p", "entry_point": "rotate", "canonical_solution": "{{solution}}", "test": "def check(candidate): pass"}""";
}
