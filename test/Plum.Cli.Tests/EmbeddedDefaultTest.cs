using System.Text.Json;
using Xunit;

namespace Plum.Cli.Tests;

/// <summary>The embedded policy, teacher and instructions go through the whole loop, on a small part of them.</summary>
public sealed class EmbeddedDefaultTest(MicroDomain domain)
{
    [Fact]
    public async Task ItRunsWithItsControlArms()
    {
        File.WriteAllLines(domain["few-heldout.jsonl"], File.ReadLines(Repository.File("assets/instructions/heldout.jsonl")).Take(60));
        JsonElement report = await PlumProcess.FiguresAsync(
            domain.Folder, "run", "--out", "embedded", "--with-controls", "--seed", "3", "--workers", "2",
            "--set", "held_out=few-heldout.jsonl", "--set", "instructions_per_round=32", "--set", "samples=4", "--set", "training.epochs=1");
        Assert.Equal(3, report.GetProperty("seed").GetInt32());
        Assert.InRange(report.GetProperty("before").GetProperty("pass_at_1").GetDouble(), 0.15, 0.65);
        Assert.Equal(60, report.GetProperty("after").GetProperty("n").GetInt32());
        Assert.True(report.GetProperty("suites").GetProperty("kept").GetInt32() > 32);
        foreach (JsonElement round in report.GetProperty("rounds").EnumerateArray())
            Assert.True(round.GetProperty("pairs").GetInt32() > 0 && round.GetProperty("train_loss").GetDouble() > 0);
        Assert.Equal(["rft", "sft"], report.GetProperty("controls").EnumerateObject().Select(control => control.Name));
        string table = (await PlumProcess.RunAsync(domain.Folder, "report", "--markdown", "embedded")).Output;
        Assert.Equal(3, table.TrimEnd().Split('\n').Length);
        Assert.Contains("control: sft", table);
        // What "auto" meant where the run began.
        using JsonDocument record = JsonDocument.Parse(File.ReadAllText(domain["embedded/run.json"]));
        Assert.Contains(record.RootElement.GetProperty("recipe").GetProperty("training").GetProperty("precision").GetString(), (string[])["float32", "bfloat16"]);
    }

    [Fact]
    public async Task ItsSuitesAreMeasuredByHiddenTestsThatNobodyHasToName()
    {
        File.WriteAllLines(domain["few-plum.jsonl"], File.ReadLines(Repository.File("assets/instructions/plum.jsonl")).Take(64));
        JsonElement figures = await PlumProcess.FiguresAsync(domain.Folder, "suites", "--instructions", "few-plum.jsonl", "--out", "embedded-suites.jsonl");
        Assert.InRange(figures.GetProperty("kept").GetInt32(), 33, 64);
        Assert.InRange(figures.GetProperty("false_pass_rate").GetDouble(), 0, 0.1);
        Assert.InRange(figures.GetProperty("false_fail_rate").GetDouble(), 0, 0.05);

        // The same ids with other texts are other instructions.
        File.WriteAllLines(domain["other.jsonl"], File.ReadLines(domain["few-plum.jsonl"]).Take(8).Select(line => line.Replace("\"instruction\": \"", "\"instruction\": \"Please: ", StringComparison.Ordinal)));
        Assert.False((await PlumProcess.FiguresAsync(domain.Folder, "suites", "--instructions", "other.jsonl", "--out", "other-suites.jsonl")).TryGetProperty("false_pass_rate", out _));
    }
}
