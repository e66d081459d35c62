using Plum.Instructions;
using Xunit;

namespace Plum.Tests.Instructions;

public sealed class BenchmarkFilesTest
{
    [Fact]
    public void PublishedFilesAreFoundAtAnyDepthAndFilesAreTakenAsTheyAre()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["d/mbpp"]);
        foreach (string file in (string[])["d/mbpp/mbpp.jsonl", "d/mbpp/sanitized-mbpp.json", "d/mine.jsonl"]) File.WriteAllText(folder[file], "");
        Assert.Equal([folder["d/mbpp/mbpp.jsonl"], folder["d/mbpp/sanitized-mbpp.json"]], BenchmarkFiles.Find("MBPP", folder["d"]).Files);
        Assert.Equal("mbpp", BenchmarkFiles.Find("MBPP", folder["d"]).Name);
        Assert.Equal(("mine.jsonl", folder["d/mine.jsonl"]), (BenchmarkFiles.Find(folder["d/mine.jsonl"], null).Name, BenchmarkFiles.Find(folder["d/mine.jsonl"], null).Files[0]));
        Assert.Equal(("m", "x.jsonl"), (BenchmarkFiles.Find("m=x.jsonl", null).Name, BenchmarkFiles.Find("m=x.jsonl", null).Files[0]));
    }

    [Theory]
    [InlineData("humaneval", true, "no HumanEval.jsonl")]
    [InlineData("humaneval", false, "--benchmark-data")]
    [InlineData("humanevel", true, "did you mean humaneval?")]
    public void WhatIsNotFoundIsToldWithARemedy(string name, bool known, string said)
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["d"]);
        Assert.Contains(said, Assert.Throws<InputException>(() => BenchmarkFiles.Find(name, known ? folder["d"] : null)).Message);
    }
}
