using System.Text.Json.Nodes;
using Plum.Instructions;
using Xunit;

namespace Plum.Tests.Instructions;

public sealed class InstructionImportTest
{
    private static string Row(object? id, string text) => new JsonObject { ["id"] = JsonValue.Create(id), ["instruction"] = text, ["output"] = "" }.ToJsonString();

    [Fact]
    public async Task IdsAreTheSourcesOwnOrAHashAndUnique()
    {
        string[] texts = [.. Enumerable.Range(0, 5).Select(at => $"Write a Python function `f{at}` of {string.Join(' ', Enumerable.Repeat($"x{at}", 5))}.")];
        Imported imported = await Imported.OfTextAsync("a.jsonl", string.Join('\n', Row("a", texts[0]), Row("a", texts[1]), Row("a-2", texts[2]), Row(7, texts[3]), Row(null, texts[4])));
        Assert.Equal(["a", "a-2", "a-2-2", "evol-instruct-7"], imported.Instructions.Take(4).Select(made => made.Id));
        Assert.Matches("^evol-instruct-[0-9a-f]{12}$", imported.Instructions[4].Id);
        Assert.Equal(["f0", "f1", "f2", "f3", "f4"], imported.Instructions.Select(made => made.EntryPoint));
    }

    [Fact]
    public async Task SeveralFilesAreReadInTheirOrderAndTheSameInputGivesTheSameBytes()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["b.jsonl"], Row("b", "Write a Python function `beta` that halves numbers."));
        File.WriteAllText(folder["a.csv"], "id,instruction,input,output\na,Write a Python function `alpha` that doubles numbers.,,\nc,Write a Python function `beta` that halves numbers!,,");
        Imported first = await Imported.OfAsync([folder["b.jsonl"], folder["a.csv"]]), second = await Imported.OfAsync([folder["b.jsonl"], folder["a.csv"]]);
        Assert.Equal(["b", "a"], first.Instructions.Select(made => made.Id));
        Assert.Equal(first.Bytes, second.Bytes);
        Assert.Equal(["evol-instruct", "code-alpaca"], first.Report.Figures.Files.Select(file => file.Layout));
        Assert.Equal((3, 2), (first.Report.Figures.Read, first.Report.Figures.Kept));
    }

    [Fact]
    public async Task AFaultLeavesTheOldFileAndNoOther()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["a.jsonl"], $"{Row("a", "Write a Python function `f` of x.")}\n?");
        File.WriteAllText(folder["out.jsonl"], "old");
        await Assert.ThrowsAsync<InputException>(() => new InstructionImport(new()).RunAsync([folder["a.jsonl"]], folder["out.jsonl"], null, TestContext.Current.CancellationToken));
        Assert.Equal("old", File.ReadAllText(folder["out.jsonl"]));
        Assert.Equal(2, Directory.GetFiles(Path.GetDirectoryName(folder["a.jsonl"])!).Length);
    }
}
