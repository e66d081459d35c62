using Xunit;

namespace Plum.Cli.Tests;

/// <summary>Each is told in a sentence that names the place and the remedy, with exit 2, and leaves no run behind.</summary>
public sealed class BadInputTest(MicroDomain domain)
{
    [Theory]
    [InlineData("rnu", "unknown verb 'rnu'", "did you mean run?")]
    [InlineData("", "name a verb")]
    [InlineData("run --with-control", "unknown flag --with-control", "did you mean --with-controls?")]
    [InlineData("run recipe.json more", "one argument too many")]
    [InlineData("run --workers 0", "--workers 0", "at least 1")]
    [InlineData("run --workers two", "--workers two", "whole number")]
    [InlineData("run missing.json", "missing.json", "no such recipe")]
    [InlineData("run recipe.json --set training.betta=1", "'training.betta'", "did you mean 'training.beta'?")]
    [InlineData("run recipe.json --set training.beta=much", "'much'", "a number")]
    [InlineData("run recipe.json --set training.beta=-1", "training.beta is -1", "above 0")]
    [InlineData("run recipe.json --set training.method=dppo", "training.method is 'dppo'", "did you mean 'dpo'?", "kto")]
    [InlineData("run recipe.json --set beta=1", "did you mean 'training.beta'?")]
    [InlineData("run recipe.json --set samples", "KEY=VALUE")]
    [InlineData("run recipe.json --set policy=nowhere", "policy", "nowhere", "checkpoint folder")]
    [InlineData("run recipe.json --set instructions=nowhere.jsonl", "instructions", "nowhere.jsonl")]
    [InlineData("run recipe.json --set instructions_per_round=4000", "8000", "instructions_per_round")]
    [InlineData("run recipe.json --out plum.jsonl", "plum.jsonl", "--out")]
    [InlineData("run recipe.json --out fresh", "fresh", "no run.json", "--out")]
    [InlineData("sft --data sft.jsonl --out x", "--policy DIR", "--config DIR")]
    [InlineData("sft --data sft.jsonl --config fresh --out x --schedule cosin", "did you mean cosine?")]
    [InlineData("sft --data plum.jsonl --config fresh --out x", "plum.jsonl, example 1", "messages")]
    [InlineData("suites nowhere", "no run.json", "--begin")]
    [InlineData("sample --policy policy", "--instructions FILE")]
    [InlineData("eval --policy policy --benchmark plum.jsonl --out x", "plum.jsonl, line 1", "tests")]
    [InlineData("report nowhere", "nowhere", "no run in this folder")]
    [InlineData("model check nowhere", "nowhere", "no such checkpoint folder")]
    public async Task IsRefused(string arguments, params string[] words)
    {
        PlumProcess.Result result = await PlumProcess.RunAsync(domain.Folder, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        result.IsRefused(words);
        Assert.False(Directory.Exists(domain["runs"]) || Directory.Exists(domain["x"]));
    }

    [Fact]
    public async Task AMisspeltKeyIsNamedWithItsLine()
    {
        File.WriteAllText(domain["misspelt.json"], File.ReadAllText(domain["recipe.json"]).Replace("\"rounds\"", "\n\"roudns\"", StringComparison.Ordinal));
        (await PlumProcess.RunAsync(domain.Folder, "run", "misspelt.json")).IsRefused("misspelt.json, line 5", "'roudns'", "did you mean 'rounds'?");
    }

    [Fact]
    public async Task AMalformedLineIsNamedByItsNumber()
    {
        string[] lines = File.ReadAllLines(domain["plum.jsonl"]);
        lines[2] = lines[2][..^5];
        File.WriteAllLines(domain["torn.jsonl"], lines);
        (await PlumProcess.RunAsync(domain.Folder, "run", "recipe.json", "--out", "torn", "--set", "instructions=torn.jsonl")).IsRefused("torn.jsonl, line 3", "repair or remove the line");
        Assert.False(Directory.Exists(domain["torn"]));
    }

    [Theory]
    [InlineData("config.json", 0)]
    [InlineData("model.safetensors", 0)]
    [InlineData("model.safetensors", 100_000)]
    [InlineData("model.safetensors", 4)]
    [InlineData("tokenizer.json", 0)]
    [InlineData("tokenizer.json", 1_000)]
    public async Task AFolderWithAMissingOrTruncatedFileIsNamed(string file, int length)
    {
        string folder = Directory.CreateTempSubdirectory("plum-broken-").FullName;
        try
        {
            foreach (string from in Directory.GetFiles(domain["policy"])) File.Copy(from, Path.Combine(folder, Path.GetFileName(from)));
            string broken = Path.Combine(folder, file);
            if (length == 0) File.Delete(broken);
            else using (FileStream stream = File.OpenWrite(broken)) stream.SetLength(length);
            (await PlumProcess.RunAsync(domain.Folder, "run", "recipe.json", "--out", "broken", "--set", $"policy={folder}")).IsRefused(folder, file);
            Assert.False(Directory.Exists(domain["broken"]));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task WithoutPythonItSaysHowToInstallIt()
    {
        using PlumProcess process = PlumProcess.Start(domain.Folder, [PlumProcess.Program, "run", "recipe.json", "--out", "pythonless"], null, ("PATH", "/nonexistent"));
        (await process.EndAsync()).IsRefused("python3", "Install Python 3");
        Assert.False(Directory.Exists(domain["pythonless"]));
    }

    [Fact]
    public async Task AFullDiskIsNamedAndTheRunGoesOnWhenThereIsSpace()
    {
        // The runtime maps its code through a file of its own, which the limit would forbid before the first line of ours.
        string limited = $"ulimit -f 200; exec '{PlumProcess.Host}' '{PlumProcess.Program}' run recipe.json --out full";
        using PlumProcess process = PlumProcess.Start(domain.Folder, ["-c", limited], "bash", ("DOTNET_EnableWriteXorExecute", "0"));
        (await process.EndAsync()).IsRefused(domain["full"], "ulimit -f", "--out");
        PlumProcess.Result again = await PlumProcess.RunAsync(domain.Folder, "run", "recipe.json", "--out", "full");
        Assert.True(again.Code == 0, again.Error);
    }
}
