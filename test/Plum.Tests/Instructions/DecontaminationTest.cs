using System.Text.Json.Nodes;
using Plum.Instructions;
using Xunit;

namespace Plum.Tests.Instructions;

public sealed class DecontaminationTest
{
    private const string Benchmark = """
        {"task_id": "HumanEval/0", "prompt": "def below(numbers, limit):\n    \"\"\" Return how many of the numbers in a list lie below the limit that is given beside it.\n    >>> below([1, 2], 2)\n    1\n    \"\"\"\n", "entry_point": "below", "canonical_solution": "    count = 0\n    for number in numbers:\n        if number < limit:\n            count += 1\n    return count\n"}
        {"task_id": "HumanEval/2", "prompt": "def nearest_pair(points):\n    \"\"\" The two points that lie closest together.\n    >>> nearest_pair([1, 5, 6])\n    (5, 6)\n    \"\"\"\n", "entry_point": "nearest_pair", "canonical_solution": "    return min(zip(points, points[1:]), key=lambda pair: pair[1] - pair[0])\n"}
        {"task_id": "HumanEval/1", "prompt": "def add(x, y):\n    \"\"\" Add two numbers.\n    \"\"\"\n", "entry_point": "add", "canonical_solution": "    return x + y\n"}
        """;

    private static async Task<Overlap?> FoundAsync(string instruction, string answer, int runWords = 10)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["b.jsonl"], Benchmark);
        File.WriteAllText(folder["a.jsonl"], new JsonObject { ["instruction"] = instruction, ["output"] = answer }.ToJsonString());
        Imported imported = await Imported.OfAsync([folder["a.jsonl"]], new(RunWords: runWords), ("humaneval", folder["b.jsonl"]));
        Assert.Equal(3, imported.Report.Figures.Benchmarks["humaneval"]);
        Assert.Equal(imported.Report.Contaminated.Count, imported.Dropped(DropReason.Contaminated));
        Assert.Equal(1, imported.Instructions.Count + imported.Report.Contaminated.Count);
        return imported.Report.Contaminated.SingleOrDefault()?.Overlap;
    }

    [Theory]
    // The docstring without its examples, with another way to ask in front.
    [InlineData("Write a Python function to return how many of the numbers in a list lie below the limit that is given beside it.", "", "HumanEval/0", OverlapKind.SameText, "lie below the limit")]
    // Ten words of it.
    [InlineData("Write a Python function. We need how many of the numbers in a list lie below it.", "", "HumanEval/0", OverlapKind.Words, "how many of the numbers in a list lie below")]
    // A short task as a line of a longer text.
    [InlineData("Write a Python function for the following.\nAdd two numbers.\nThanks!", "", "HumanEval/1", OverlapKind.SameText, "add two numbers")]
    // The solution in the answer: laid out otherwise, annotated, with comments; then with other names.
    [InlineData("Write a Python function for counting.", "def below(numbers: List[int], limit: int = 3) -> int:\n  # count\n  count = 0\n  for number in numbers:\n    if number<limit: \n      count += 1\n  return (count)", null, OverlapKind.Code, "")]
    [InlineData("Write a Python function for counting.", "Here:\n```python\ndef below(numbers: List[int],\n          limit: int) -> int:\n  # count\n  count = 0\n  for number in numbers:\n    if number<limit:\n      count += 1\n  return count\n```", "HumanEval/0", OverlapKind.Code, "def below")]
    [InlineData("Write a Python function for counting.", "def f(xs, top):\n    n = 0\n    for x in xs:\n        if x < top:\n            n += 1\n    return n", "HumanEval/0", OverlapKind.RenamedCode, "def f")]
    [InlineData("Write a Python function for counting.", "def f(xs, top):\n    n = 0\n    for x in xs:\n        if x > top:\n            n += 1\n    return n", null, OverlapKind.Code, "")]
    // A line of code is the same by chance up to its names, but not with them.
    [InlineData("Write a Python function for sums.", "def total(a, b):\n    return a + b", null, OverlapKind.Code, "")]
    [InlineData("Write a Python function for sums.", "def add(x, y):\n    return x + y", "HumanEval/1", OverlapKind.Code, "def add")]
    // The task's name and some of its words; its name alone; some of its words alone.
    [InlineData("Write a Python function `nearest_pair(values)` for the two of them that lie closest.", "", "HumanEval/2", OverlapKind.Name, "nearest_pair")]
    [InlineData("Write a Python function.", "def Nearest_Pair(xs):\n    xs = sorted(xs)\n    return xs[:2]", null, OverlapKind.Name, "")]
    [InlineData("Write a Python function `close_pair(values)` for the two of them that lie closest.", "", null, OverlapKind.Name, "")]
    public async Task ATaskIsFoundByItsTextItsWordsItsSolutionOrItsName(string instruction, string answer, string? task, OverlapKind kind, string shared)
    {
        Overlap? found = await FoundAsync(instruction, answer);
        Assert.Equal(task, found?.Task);
        if (found is null) return;
        Assert.Equal(("humaneval", kind), (found.Benchmark, found.Kind));
        Assert.Contains(shared, found.Shared);
    }

    [Fact]
    public async Task TheLengthOfRunsIsAnOption()
    {
        const string Text = "Write a Python function. We need how many of the numbers in a list lie below it.";
        Assert.Null(await FoundAsync(Text, "", runWords: 13));
        Assert.NotNull(await FoundAsync("Write a Python function: so many of the numbers in a heap.", "", runWords: 5));
    }

    [Fact]
    public async Task AFileWithoutTasksIsNoBenchmark()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["b.jsonl"], "");
        await Assert.ThrowsAsync<InputException>(() => new Decontamination().AddAsync("b", folder["b.jsonl"], TestContext.Current.CancellationToken));
        Assert.Contains("no such file", (await Assert.ThrowsAsync<InputException>(() => new Decontamination().AddAsync("b", folder["c.jsonl"], TestContext.Current.CancellationToken))).Message);
    }
}
