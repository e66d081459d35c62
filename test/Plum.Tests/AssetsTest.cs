using System.Security.Cryptography;
using System.Text.Json;
using Xunit;

namespace Plum.Tests;

/// <summary>What ships in assets/ is what tools/assets/make.sh wrote down, and gives nothing away.</summary>
public class AssetsTest
{
    private static readonly string Assets = Path.Combine(Repository.Root, "assets");

    [Fact]
    public void Every_asset_is_the_file_that_its_recipe_wrote()
    {
        Dictionary<string, string> sums = File.ReadLines(Path.Combine(Assets, "SHA256SUMS"))
            .Select(line => line.Split("  ", 2))
            .ToDictionary(parts => parts[1], parts => parts[0]);
        string[] files = [.. Directory.EnumerateFiles(Assets, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(file => !file.EndsWith("SHA256SUMS", StringComparison.Ordinal))];
        Assert.Equal(sums.Keys.Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
        foreach (string file in files)
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(Repository.Root, file));
            Assert.Equal(sums[file], Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
    }

    [Theory]
    [InlineData("policy")]
    [InlineData("teacher")]
    public void A_model_weighs_at_most_ten_megabytes(string model) =>
        Assert.True(Directory.EnumerateFiles(Path.Combine(Assets, model)).Sum(file => new FileInfo(file).Length) <= 10_000_000);

    [Fact]
    public void Instructions_to_learn_from_carry_no_solution_and_no_answer()
    {
        string[] known = ["id", "family", "instruction", "entry_point"];
        foreach (string line in File.ReadLines(Path.Combine(Assets, "instructions", "plum.jsonl")))
        {
            using JsonDocument one = JsonDocument.Parse(line);
            Assert.Equal(known, one.RootElement.EnumerateObject().Select(member => member.Name));
        }
    }

    [Fact]
    public void No_text_is_both_learnt_from_and_held_out()
    {
        HashSet<string> heldOut = [.. Texts("heldout.jsonl"), .. Texts("validation.jsonl")];
        Assert.Equal(1_100, heldOut.Count);
        Assert.DoesNotContain(Texts("plum.jsonl"), heldOut.Contains);
        string supervised = File.ReadAllText(Path.Combine(Assets, "instructions", "sft.jsonl"));
        Assert.DoesNotContain(heldOut, text => supervised.Contains(JsonSerializer.Serialize(text), StringComparison.Ordinal));
    }

    private static IEnumerable<string> Texts(string file) => File.ReadLines(Path.Combine(Assets, "instructions", file)).Select(line =>
    {
        using JsonDocument one = JsonDocument.Parse(line);
        return one.RootElement.GetProperty("instruction").GetString()!;
    });
}
