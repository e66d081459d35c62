using System.Text;
using Plum.Text;
using Xunit;

namespace Plum.Tests.Text;

public sealed class JsonLinesTest : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string File_ => folder["lines.jsonl"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task WhatIsWrittenIsReadBack()
    {
        Instruction[] instructions = [new("a", "reverse ü\n\u2028 \"x\"", "solve", "strings"), new("b", "no family", "f")];
        JsonLines.WriteAll(File_, instructions);
        Assert.Equal(instructions, await JsonLines.ReadAllAsync<Instruction>(File_));
        string text = await File.ReadAllTextAsync(File_);
        Assert.EndsWith("}\n", text);
        Assert.Contains("\"instruction\":\"reverse ü", text);
        Assert.DoesNotContain("family\":null", text);
        Assert.Equal(2, text.Count(symbol => symbol == '\n'));
    }

    [Fact]
    public async Task FloatsSurvive()
    {
        Candidate candidate = new("t", 0, "c", "p", [1, 2], [-0.1f, float.NegativeInfinity], "stop", 0, ulong.MaxValue);
        JsonLines.WriteAll(File_, [candidate]);
        Candidate back = Assert.Single(await JsonLines.ReadAllAsync<Candidate>(File_));
        Assert.Equal(candidate.LogProbs, back.LogProbs);
        Assert.Equal(candidate.Seed, back.Seed);
    }

    [Fact]
    public async Task EmptyLinesWindowsEndsByteOrderMarkAndMissingLastEndAreFine()
    {
        await File.WriteAllBytesAsync(File_, [0xEF, 0xBB, 0xBF, .. "{\"id\":\"a\",\"instruction\":\"x\",\"entry_point\":\"f\"}\r\n\r\n  \n{\"id\":\"b\",\"instruction\":\"y\",\"entry_point\":\"g\",\"more\":[1]}"u8]);
        Assert.Equal(["a", "b"], (await JsonLines.ReadAllAsync<Instruction>(File_)).Select(one => one.Id));
    }

    [Fact]
    public async Task LinesLongerThanTheBufferAreWhole()
    {
        string text = new('x', 500_000);
        JsonLines.WriteAll(File_, [new Instruction("a", text, "f"), new Instruction("b", text + "y", "f")]);
        Assert.Equal(text + "y", (await JsonLines.ReadAllAsync<Instruction>(File_))[1].Text);
    }

    [Theory]
    [InlineData("{\"id\":\"b\",", "not valid JSON")]
    [InlineData("not json", "not valid JSON")]
    [InlineData("{\"id\":\"b\",\"instruction\":\"x\"}", "'entry_point'")]
    [InlineData("{\"id\":3,\"instruction\":\"x\",\"entry_point\":\"f\"}", "'$.id'")]
    [InlineData("{\"id\":null,\"instruction\":\"x\",\"entry_point\":\"f\"}", "id")]
    [InlineData("{\"id\":\"\\ud800\",\"instruction\":\"x\",\"entry_point\":\"f\"}", "line 3")]
    [InlineData("[1]", "wrong kind")]
    [InlineData("null", "null")]
    [InlineData("{} {}", "line 3")]
    public async Task ABadLineIsNamedByNumberWithARemedy(string line, string says)
    {
        await File.WriteAllTextAsync(File_, $"{{\"id\":\"a\",\"instruction\":\"x\",\"entry_point\":\"f\"}}\n\n{line}\n");
        InputException error = await Assert.ThrowsAsync<InputException>(() => JsonLines.ReadAllAsync<Instruction>(File_));
        Assert.StartsWith($"{File_}, line 3: ", error.Message);
        Assert.Contains(says, error.Message);
        Assert.Matches(": [^:]+", error.Message[$"{File_}, line 3: ".Length..]);
    }

    [Fact]
    public async Task BadUtf8IsAnError()
    {
        await File.WriteAllBytesAsync(File_, [.. "{\"id\":\"a\",\"instruction\":\""u8, 0xFF, .. "\",\"entry_point\":\"f\"}\n"u8]);
        InputException error = await Assert.ThrowsAsync<InputException>(() => JsonLines.ReadAllAsync<Instruction>(File_));
        Assert.Contains("line 1", error.Message);
    }

    [Fact]
    public async Task AMissingFileAndAFolderAreBadInput()
    {
        Assert.Contains("no such file", (await Assert.ThrowsAsync<InputException>(() => JsonLines.ReadAllAsync<Instruction>(folder["absent"]))).Message);
        Directory.CreateDirectory(folder["folder"]);
        await Assert.ThrowsAsync<InputException>(() => JsonLines.ReadAllAsync<Instruction>(folder["folder"]));
    }

    [Fact]
    public async Task ANameMayStandOnce()
    {
        JsonLines.WriteAll(File_, [new Instruction("a", "x", "f"), new Instruction("b", "x", "f"), new Instruction("a", "y", "f")]);
        InputException error = await Assert.ThrowsAsync<InputException>(() => JsonLines.ReadAllAsync<Instruction>(File_, one => one.Id));
        Assert.Contains("line 3", error.Message);
        Assert.Contains("line 1", error.Message);
    }

    [Fact]
    public void TruncateLeavesWholeLinesAtEveryTear()
    {
        byte[] whole = Encoding.UTF8.GetBytes("{\"a\":1}\n{\"b\":\"ü\"}\n{\"c\":3}\n");
        for (int length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(File_, whole[..length]);
            int lines = whole.AsSpan(0, length).Count((byte)'\n');
            Assert.Equal(lines, JsonLines.Truncate(File_));
            Assert.Equal(whole[..(whole.AsSpan(0, length).LastIndexOf((byte)'\n') + 1)], File.ReadAllBytes(File_));
            Assert.Equal(Math.Min(1, lines), JsonLines.Truncate(File_, most: 1));
        }

        Assert.Equal(0, JsonLines.Truncate(folder["absent"]));
        Assert.False(File.Exists(folder["absent"]));
    }
}
