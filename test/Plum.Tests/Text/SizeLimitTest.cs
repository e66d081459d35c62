using System.Runtime.InteropServices;
using Plum.Text;
using Xunit;

namespace Plum.Tests.Text;

/// <summary>The limit on file sizes is the process's: nothing else may write meanwhile.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;

[Collection("alone")]
public sealed partial class SizeLimitTest : IDisposable
{
    private const int FileSize = 1;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task WhatDoesNotFitLeavesTheOldContent()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("uses Linux's resource limits");
        Instruction small = new("a", "x", "f"), large = new("b", new string('x', 100_000), "f");
        JsonLines.WriteAll(folder["whole.jsonl"], [small]);
        using JsonLinesWriter<Instruction> writer = new(folder["appended.jsonl"]);
        writer.Append(small);

        InputException whole, appended;
        _ = GetLimit(FileSize, out Limit before);
        _ = SetLimit(FileSize, before with { Soft = 50_000 });
        try
        {
            whole = Assert.Throws<InputException>(() => JsonLines.WriteAll(folder["whole.jsonl"], [large]));
            appended = Assert.Throws<InputException>(() => writer.Append([small, large]));
        }
        finally
        {
            _ = SetLimit(FileSize, before);
        }

        Assert.StartsWith(folder["whole.jsonl"], whole.Message);
        Assert.StartsWith(folder["appended.jsonl"], appended.Message);
        Assert.Contains("ulimit", appended.Message);
        Assert.Equal([small], await JsonLines.ReadAllAsync<Instruction>(folder["whole.jsonl"]));
        Assert.Equal([small], await JsonLines.ReadAllAsync<Instruction>(folder["appended.jsonl"]));
        Assert.Equal(["appended.jsonl", "whole.jsonl"], Directory.GetFiles(folder["."]).Select(Path.GetFileName).Order());
        writer.Append(large);
        Assert.Equal([small, large], await JsonLines.ReadAllAsync<Instruction>(folder["appended.jsonl"]));
    }

    private record struct Limit(ulong Soft, ulong Hard);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);
}
