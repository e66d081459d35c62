using System.Text.Json.Nodes;
using Plum.Instructions;
using Xunit;

namespace Plum.Tests.Instructions;

public sealed class NearDuplicatesTest
{
    private const string First = "Write a Python function that takes a list of words and returns those that begin and end with the same letter, in the order of the list, each of them once.";

    private static Task<Imported> OfAsync(InstructionOptions options, params string[] texts) =>
        Imported.OfTextAsync("a.jsonl", string.Join('\n', texts.Select((text, at) => new JsonObject { ["id"] = $"t{at}", ["instruction"] = text, ["output"] = "" }.ToJsonString())), options);

    [Fact]
    public async Task TheFirstOfNearlyEqualTextsStays()
    {
        Imported imported = await OfAsync(
            new(), First, "Write a Python function that squares a number.", First.ToUpperInvariant().Replace("ONCE.", "ONCE!", StringComparison.Ordinal), First.Replace("once", "twice", StringComparison.Ordinal));
        Assert.Equal(["t0", "t1"], imported.Instructions.Select(made => made.Id));
        Assert.Equal([("t2", "t0", 1.0), ("t3", "t0", Math.Round(28 / 30.0, 4))], imported.Report.Duplicates.Select(row => (row.Id!, row.Like, row.Similarity)));
        Assert.Equal(2, imported.Dropped(DropReason.NearDuplicate));
    }

    [Fact]
    public async Task TheSimilarityDecides()
    {
        string other = First.Replace("once", "twice", StringComparison.Ordinal);
        Assert.Equal(2, (await OfAsync(new(Similarity: 0.95), First, other)).Instructions.Count);
        Assert.Equal(3, (await OfAsync(new(Similarity: 2), First, First, First)).Instructions.Count);
        // One shingle of a word each: the order of words no longer counts.
        Assert.Single((await OfAsync(new(ShingleWords: 1, Similarity: 1), "Write a Python function for sums of squares.", "Write a Python function for squares of sums.")).Instructions);
    }

    [Fact]
    public async Task AllPairsAboveTheThresholdAreFound()
    {
        // 300 groups of three texts that differ in one word of forty; a group's words are its own.
        string[] texts = [.. from variant in Enumerable.Range(0, 3) from task in Enumerable.Range(0, 300) select $"Write a Python function {string.Join(' ', Enumerable.Range(0, 40).Select(word => $"w{task}x{word}"))} v{variant}"];
        Imported imported = await OfAsync(new(), texts);
        Assert.Equal(Enumerable.Range(0, 300).Select(task => $"t{task}"), imported.Instructions.Select(made => made.Id));
    }

    [Theory]
    [InlineData(0, 3, 32, 4, "similarity")]
    [InlineData(0.8, 0, 32, 4, "shingle_words")]
    [InlineData(0.8, 3, 0, 4, "bands")]
    [InlineData(0.8, 3, 32, 0, "rows")]
    public void OptionsOutOfRangeAreRefused(double similarity, int shingle, int bands, int rows, string said) =>
        Assert.Contains(said, Assert.Throws<InputException>(() => new InstructionOptions(Similarity: similarity, ShingleWords: shingle, Bands: bands, Rows: rows).Checked()).Message);
}
