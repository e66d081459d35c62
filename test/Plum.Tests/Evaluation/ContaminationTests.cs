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

    [Fact]
    public void APieceMayGoOverLinesOfTextAndThroughEscapesOfJson()
    {
        const string Solution = "def rotate(values, count):\n\tsteps = count % len(values)\n\thead = values[:steps]\n\treturn values[steps:] + head\n";
        IReadOnlyList<PublicTask> tasks = DataFile.Read("humaneval", Row("HumanEval/0", Solution.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)));
        string folder = Directory.CreateTempSubdirectory("plum-training-").FullName, code = Path.Combine(folder, "training.py"), json = Path.Combine(folder, "training.jsonl");
        File.WriteAllText(code, $"import os\n\n{Solution}");
        File.WriteAllText(json, System.Text.Json.JsonSerializer.Serialize(new { messages = new[] { new { role = "user", content = Solution } } }));
        Contaminated lines = Assert.Single(Contamination.Find(tasks, [code])), line = Assert.Single(Contamination.Find(tasks, [json]));
        // The thirteenth word stands in the last line of code.
        Assert.Equal((6, 1), (lines.Line, line.Line));
        Assert.Equal((lines.TaskId, lines.Piece, lines.Shared), (line.TaskId, line.Piece, line.Shared));
    }

    private static string Row(string id, string solution) =>
        $$"""{"task_id": "{{id}}", "prompt": "p", "entry_point": "rotate", "canonical_solution": "{{solution}}", "test": "def check(candidate): pass"}""";
}
