using System.Text.Json.Nodes;
using Xunit;

namespace Plum.Cli.Tests;

/// <summary>A run that was killed, and one that was done verb by verb, end as one that was not: byte for byte, timings left aside.</summary>
public sealed class ResumeTest(MicroDomain domain)
{
    private static readonly string[] Equal = ["instructions.jsonl", .. Rounds("candidates.jsonl"), .. Rounds("preferences.jsonl"), .. Rounds("passing.jsonl"), .. Rounds("metrics.jsonl"), .. Rounds("training.json"), .. Rounds("policy/model.safetensors"), .. Rounds("evaluation.json")];

    [Fact]
    public async Task HoweverItIsDoneTheFilesAreTheSame()
    {
        await DoneAsync("plain");
        await DoneAsync("again");
        AssertSame("plain", "again");

        foreach (string reached in (string[])["suites.jsonl", "round-01/candidates.jsonl", "round-01/metrics.jsonl", "round-02/verdicts.jsonl"])
            await KilledAsync("killed", reached);
        await DoneAsync("killed");
        AssertSame("plain", "killed");

        await ByVerbsAsync("verbs");
        AssertSame("plain", "verbs");
        await DoneAsync("verbs");
        Assert.True(File.Exists(domain["verbs/report.html"]));

        await LooksAsync();
    }

    [Fact]
    public async Task AnInterruptStopsCleanlyAndSaysHowToGoOn()
    {
        // Long enough for a machine that is busy with something else when the signal is due.
        using PlumProcess process = PlumProcess.Start(domain.Folder, [PlumProcess.Program, "run", "recipe.json", "--out", "interrupted", "--set", "training.epochs=1000"]);
        while (!File.Exists(domain["interrupted/run.json"]) && !process.Ended) await Task.Delay(5);
        await Task.Delay(50);
        process.Signal(2);
        PlumProcess.Result result = await process.EndAsync();
        Assert.True(result.Code == 130, $"{result.Code}: {result.Error}");
        Assert.Contains("goes on from", result.Error);
        Assert.DoesNotContain("   at ", result.Error);
    }

    [Fact]
    public async Task AnotherRecipeOrAnotherFileIsRefused()
    {
        PlumProcess.Result begun = await PlumProcess.RunAsync(domain.Folder, "run", "recipe.json", "--out", "begun", "--begin");
        Assert.True(begun.Code == 0, begun.Error);
        (await PlumProcess.RunAsync(domain.Folder, "run", "recipe.json", "--out", "begun", "--set", "training.beta=0.3"))
            .IsRefused(domain["begun/run.json"], "training.beta is 0.1 there and 0.3 here", "--out");
        (await PlumProcess.RunAsync(domain.Folder, "run", "recipe.json", "--out", "begun", "--seed", "2")).IsRefused("seed is 1 there and 2 here");
        (await PlumProcess.RunAsync(domain.Folder, "sample", "begun", "--round", "3")).IsRefused("2 rounds");

        File.Copy(domain["plum.jsonl"], domain["grown.jsonl"]);
        await PlumProcess.RunAsync(domain.Folder, "run", "recipe.json", "--out", "grown", "--begin", "--set", "instructions=grown.jsonl");
        File.AppendAllText(domain["grown.jsonl"], "\n");
        (await PlumProcess.RunAsync(domain.Folder, "run", "recipe.json", "--out", "grown", "--set", "instructions=grown.jsonl")).IsRefused("another content of instructions");
    }

    private static IEnumerable<string> Rounds(string file) => [$"round-01/{file}", $"round-02/{file}"];

    private PlumProcess Start(string run) => PlumProcess.Start(domain.Folder, [PlumProcess.Program, "run", "recipe.json", "--out", run]);

    private async Task DoneAsync(string run)
    {
        PlumProcess.Result result = await PlumProcess.RunAsync(domain.Folder, "run", "recipe.json", "--out", run);
        Assert.True(result.Code == 0, result.Error);
    }

    /// <summary>Kills the run when a file appears, and tears the file's last line as a kill in the middle of a write would.</summary>
    private async Task KilledAsync(string run, string reached)
    {
        using PlumProcess process = Start(run);
        string file = domain[$"{run}/{reached}"];
        while (!process.Ended && !(File.Exists(file) && new FileInfo(file).Length > 0)) await Task.Delay(1);
        Assert.False(process.Ended, $"The run ended before there was {reached}: {(process.Ended ? (await process.EndAsync()).Error : "")}");
        await process.KillAsync();
        string last = File.ReadLines(file).Last();
        File.AppendAllText(file, last[..(last.Length / 2)]);
    }

    private async Task ByVerbsAsync(string run)
    {
        PlumProcess.Result begun = await PlumProcess.RunAsync(domain.Folder, "run", "recipe.json", "--out", run, "--begin");
        Assert.True(begun.Code == 0, begun.Error);
        Assert.Equal(80, (await PlumProcess.FiguresAsync(domain.Folder, "suites", run)).GetProperty("instructions").GetInt32());
        foreach (string round in (string[])["1", "2"])
        {
            Assert.True((await PlumProcess.FiguresAsync(domain.Folder, "sample", run, "--round", round)).GetProperty("candidates").GetInt32() > 0);
            Assert.InRange((await PlumProcess.FiguresAsync(domain.Folder, "verify", run, "--round", round)).GetProperty("pass_rate").GetDouble(), 0.01, 0.99);
            Assert.True((await PlumProcess.FiguresAsync(domain.Folder, "pair", run, "--round", round)).GetProperty("pairs").GetInt32() > 0);
            Assert.True((await PlumProcess.FiguresAsync(domain.Folder, "train", run, "--round", round)).GetProperty("steps").GetInt32() > 0);
            Assert.Equal(20, (await PlumProcess.FiguresAsync(domain.Folder, "eval", run, "--round", round)).GetProperty("n").GetInt32());
        }
    }

    /// <summary>The verbs that look at finished work.</summary>
    private async Task LooksAsync()
    {
        Assert.Equal(2, (await PlumProcess.FiguresAsync(domain.Folder, "report", "plain")).GetProperty("rounds").GetArrayLength());
        Assert.Equal(0, (await PlumProcess.FiguresAsync(domain.Folder, "compare", "plain", "again")).GetProperty("paired").GetProperty("gain").GetDouble());
        System.Xml.Linq.XDocument.Parse(File.ReadAllText(domain["plain/report.html"]).Replace("<!doctype html>", "", StringComparison.Ordinal)
            .Replace("<meta charset=\"utf-8\">", "", StringComparison.Ordinal).Replace("initial-scale=1\">", "initial-scale=1\"/>", StringComparison.Ordinal).Replace("&rarr;", "", StringComparison.Ordinal));
    }

    private void AssertSame(string run, string other)
    {
        foreach (string file in Equal)
            Assert.True(File.ReadAllBytes(domain[$"{run}/{file}"]).AsSpan().SequenceEqual(File.ReadAllBytes(domain[$"{other}/{file}"])), $"{file} of {run} and {other} differ");
        foreach (string file in (string[])["suites.jsonl", .. Rounds("verdicts.jsonl")])
            Assert.Equal(WithoutTimings(domain[$"{run}/{file}"]), WithoutTimings(domain[$"{other}/{file}"]));
    }

    private static string[] WithoutTimings(string file) => [.. File.ReadLines(file).Select(line =>
    {
        JsonObject record = JsonNode.Parse(line)!.AsObject();
        record.Remove("cpu_milliseconds");
        record.Remove("reference_cpu_milliseconds");
        return record.ToJsonString();
    })];
}
