using System.Text.Json;
using Xunit;

namespace Plum.Cli.Tests;

/// <summary><c>plum instructions</c> as people run it, and what stage 1 says to files that it should have read.</summary>
public sealed class InstructionsTest : IDisposable
{
    private const string Alpaca = """
        {"instruction": "Write a Python function that doubles a number.", "input": "", "output": "def double(n):\n    return 2 * n"}
        {"instruction": "Write a Python function that doubles a number!", "input": "", "output": "def double(n):\n    return 2 * n"}
        {"instruction": "Write a Java method that halves numbers.", "input": "", "output": "..."}
        {"instruction": "Write a Python function to say how many of the numbers in a list lie below the limit.", "input": "", "output": "..."}
        """;

    private const string Benchmark = """{"task_id": "HumanEval/0", "prompt": "def below(numbers, limit):\n    \"\"\" How many of the numbers in a list lie below the limit.\n    \"\"\"\n", "entry_point": "below", "canonical_solution": "    return 0\n"}""";

    private readonly string folder = Directory.CreateTempSubdirectory("plum-instructions-").FullName;

    public InstructionsTest()
    {
        File.WriteAllText(Path.Combine(folder, "alpaca.jsonl"), Alpaca);
        File.WriteAllText(Path.Combine(folder, "HumanEval.jsonl"), Benchmark);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task FiguresAndTheReportTellWhatBecameOfEveryRow()
    {
        JsonElement figures = await PlumProcess.FiguresAsync(folder, "instructions", "alpaca.jsonl", "--out", "made/i.jsonl", "--decontaminate", "humaneval", "--benchmark-data", ".");
        Assert.Equal((4, 1), (figures.GetProperty("read").GetInt32(), figures.GetProperty("kept").GetInt32()));
        Assert.Equal("""{"other_language":1,"contaminated":1,"near_duplicate":1}""", figures.GetProperty("dropped").GetRawText());
        Assert.Equal("""{"answer":1}""", figures.GetProperty("entry_points").GetRawText());
        JsonElement made = JsonDocument.Parse(Assert.Single(File.ReadAllLines(Path.Combine(folder, "made/i.jsonl")))).RootElement;
        Assert.Equal("Write a Python function that doubles a number.\n\nWrite a function `double(n)` that returns the result.", made.GetProperty("instruction").GetString());

        JsonElement report = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "made/i.jsonl.report.json"))).RootElement;
        JsonElement overlap = report.GetProperty("contaminated")[0].GetProperty("overlap");
        Assert.Equal(("humaneval", "HumanEval/0", "words"), (overlap.GetProperty("benchmark").GetString(), overlap.GetProperty("task").GetString(), overlap.GetProperty("kind").GetString()));
        Assert.Contains("how many of the numbers", overlap.GetProperty("shared").GetString());
        Assert.Equal(made.GetProperty("id").GetString(), report.GetProperty("duplicates")[0].GetProperty("like").GetString());
        Assert.EndsWith("line 3", report.GetProperty("unusable")[0].GetProperty("where").GetString());
    }

    [Fact]
    public async Task PeopleGetATable()
    {
        PlumProcess.Result said = await PlumProcess.RunAsync(folder, "instructions", "alpaca.jsonl", "--out", "i.jsonl", "--decontaminate", "mine=HumanEval.jsonl");
        Assert.Equal(0, said.Code);
        foreach (string word in (string[])["alpaca.jsonl (code-alpaca)", "near duplicate", "1 of mine", "mine HumanEval/0", "entry points: 1 answer", "i.jsonl.report.json"]) Assert.Contains(word, said.Output);
    }

    [Theory]
    [InlineData("--colum x", "did you mean --column?")]
    [InlineData("--column instruction", "NAME=PATH")]
    [InlineData("--layout alpaca", "the layouts are")]
    [InlineData("--language klingon", "klingon")]
    [InlineData("--similarity 0", "at least 0.01")]
    [InlineData("--ngram 2", "at least 3")]
    [InlineData("--decontaminate humanevil", "did you mean humaneval?")]
    [InlineData("--decontaminate mbpp --benchmark-data .", "no mbpp.jsonl or sanitized-mbpp.json below .")]
    [InlineData("--out alpaca.jsonl", "read and written")]
    [InlineData("none.jsonl", "none.jsonl: there is no such file")]
    public async Task BadUsageIsRefusedWithItsRemedy(string arguments, string said)
    {
        string[] given = arguments.Split(' ');
        PlumProcess.Result result = await PlumProcess.RunAsync(folder, ["instructions", "alpaca.jsonl", .. given.Contains("--out") ? given : [.. given, "--out", "i.jsonl"]]);
        result.IsRefused(said);
        Assert.False(File.Exists(Path.Combine(folder, "i.jsonl")));
        Assert.Equal(Alpaca, File.ReadAllText(Path.Combine(folder, "alpaca.jsonl")));
    }

    [Fact]
    public async Task StageOneAndRecipesNameTheVerb()
    {
        (await PlumProcess.RunAsync(folder, "suites", "--instructions", "alpaca.jsonl", "--out", "s.jsonl")).IsRefused("the layout code-alpaca", "`plum instructions alpaca.jsonl --out instructions.jsonl`");
        (await PlumProcess.RunAsync(folder, "run", "--set", "instructions=alpaca.jsonl", "--out", "r")).IsRefused("the layout code-alpaca", "`plum instructions ");
        Assert.False(Directory.Exists(Path.Combine(folder, "r")));
    }
}
