using Plum.Instructions;
using Xunit;

namespace Plum.Tests.Instructions;

public sealed class InstructionFileTest
{
    private static async Task<string> RefusedAsync(string name, string text)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder[name], text);
        return (await Assert.ThrowsAsync<InputException>(() => InstructionFile.ReadAsync(folder[name], TestContext.Current.CancellationToken))).Message;
    }

    [Theory]
    [InlineData("a.jsonl", """{"instruction": "x", "input": "", "output": "y"}""", "the layout code-alpaca")]
    [InlineData("a.jsonl", """{"task_id": 1, "text": "x", "test_list": []}""", "the layout mbpp")]
    [InlineData("a.json", "[{}]", "a JSON array")]
    [InlineData("a.csv", "id,instruction", "CSV")]
    [InlineData("a.parquet", "PAR1", "Parquet")]
    public async Task SomebodyElsesFileIsToldTheVerbThatReadsIt(string name, string text, string what)
    {
        string said = await RefusedAsync(name, text);
        Assert.Contains(what, said);
        Assert.Contains($"{name} --out instructions.jsonl`", said);
        Assert.Contains("`plum instructions ", said);
    }

    [Fact]
    public async Task PlumsOwnFaultsAreToldAsBefore()
    {
        Assert.Contains("'entry_point'", await RefusedAsync("a.jsonl", """{"id": "1", "instruction": "x"}"""));
        Assert.Contains("was already on line 1", await RefusedAsync("a.jsonl", """
            {"id": "1", "instruction": "x", "entry_point": "f"}
            {"id": "1", "instruction": "y", "entry_point": "f"}
            """));
    }
}
