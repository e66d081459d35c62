using System.Text;
using System.Text.Json.Nodes;
using CsvHelper;
using Plum.Text;
using Xunit;

namespace Plum.Tests.Instructions;

/// <summary>The same rows come out of every kind of file, and what is wrong with one is told by its line.</summary>
public sealed class ReadersTest
{
    private static readonly (string Instruction, string Input, string Output)[] Tasks =
    [
        ("Write a Python function that returns \"n\", doubled.", "2,\n3", "def double(n):\n    return 2 * n"),
        ("Write a Python function that counts vowels; ä and ü too.", "", "def count_vowels(text):\n    return 0"),
    ];

    private static string Line(int at) => new JsonObject { ["instruction"] = Tasks[at].Instruction, ["input"] = Tasks[at].Input, ["output"] = Tasks[at].Output }.ToJsonString();

    private static string Lines => string.Join('\n', Enumerable.Range(0, Tasks.Length).Select(Line));

    private static string Separated(string separator)
    {
        using StringWriter text = new();
        using (CsvWriter writer = new(text, new CsvHelper.Configuration.CsvConfiguration(System.Globalization.CultureInfo.InvariantCulture) { Delimiter = separator }))
        {
            foreach ((string a, string b, string c) in Tasks.Prepend(("instruction", "input", "output")))
            {
                foreach (string field in (string[])[a, b, c]) writer.WriteField(field);
                writer.NextRecord();
            }
        }

        return text.ToString();
    }

    public static TheoryData<string, string> Files => new()
    {
        { "a.jsonl", Lines }, { "a.jsonl.gz", Lines }, { "a.jsonl", "\uFEFF" + Lines + "\n\n" }, { "a.json", $"[{Line(0)},\n{Line(1)}]" }, { "a.json.gz", $"\n [{Line(0)},{Line(1)}]" },
        { "a.csv", Separated(",") }, { "a.csv.gz", Separated(",") }, { "a.tsv", Separated("\t") },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task EveryKindOfFileGivesTheSameBytes(string name, string text)
    {
        Imported plain = await Imported.OfTextAsync("plain.jsonl", Lines), other = await Imported.OfTextAsync(name, text);
        Assert.Equal(2, plain.Instructions.Count);
        Assert.Contains("Input:\n2,\n3", plain.Instructions[0].Text);
        Assert.Equal(plain.Bytes, other.Bytes);
    }

    [Fact]
    public async Task ParquetGivesTheSameBytesAcrossRowGroups()
    {
        using TemporaryFolder folder = new();
        await ParquetLines.WriteAsync(folder["a.parquet"], [.. Enumerable.Range(0, Tasks.Length).Select(at => JsonNode.Parse(Line(at))!.AsObject())], TestContext.Current.CancellationToken);
        Imported plain = await Imported.OfTextAsync("plain.jsonl", Lines), other = await Imported.OfAsync([folder["a.parquet"]]);
        Assert.Equal(plain.Bytes, other.Bytes);

        using (ParquetSharp.ParquetFileWriter writer = new(folder["groups.parquet"], [new ParquetSharp.Column<string>("instruction"), new ParquetSharp.Column<string>("input"), new ParquetSharp.Column<string>("output")]))
        {
            foreach ((string instruction, string input, string output) in Tasks)
            {
                using ParquetSharp.RowGroupWriter group = writer.AppendRowGroup();
                foreach (string value in (string[])[instruction, input, output])
                {
                    using ParquetSharp.LogicalColumnWriter<string> column = group.NextColumn().LogicalWriter<string>();
                    column.WriteBatch([value]);
                }
            }

            writer.Close();
        }

        Assert.Equal(plain.Bytes, (await Imported.OfAsync([folder["groups.parquet"]])).Bytes);
    }

    [Theory]
    [InlineData("a.jsonl", "{GOOD}\n{\"instruction\": \n", "a.jsonl, line 2: not valid JSON", "--skip-malformed", 1)]
    [InlineData("a.jsonl", "{GOOD}\n[1, 2]\n{GOOD2}", "a.jsonl, line 2: this is no JSON object", "--skip-malformed", 2)]
    [InlineData("a.jsonl", "{GOOD}\n{\"instruction\": \"\\ud800\", \"input\": \"\", \"output\": \"\"}", "a.jsonl, line 2: 'instruction' holds half a letter", "--skip-malformed", 1)]
    [InlineData("a.csv", "instruction,input,output\na,b\n\"Write a Python function\nthat doubles n.\",,def double(n): ...\nx,y,z,w", "a.csv, line 2: 2 values under 3 column names", "--skip-malformed", 1)]
    [InlineData("a.csv", "instruction,input,output\nx\"y,b,c\nWrite a Python function that doubles n.,,def double(n): ...", "a.csv, line 2: a quote stands where none may", "--skip-malformed", 1)]
    public async Task AMalformedRowIsAnErrorOrCounted(string name, string text, string said, string remedy, int kept)
    {
        string whole = text.Replace("{GOOD}", Line(0), StringComparison.Ordinal).Replace("{GOOD2}", Line(1), StringComparison.Ordinal);
        InputException refused = await Assert.ThrowsAsync<InputException>(() => Imported.OfTextAsync(name, whole));
        Assert.Contains(said, refused.Message);
        Assert.Contains(remedy, refused.Message);
        Imported skipped = await Imported.OfTextAsync(name, whole, new(SkipMalformed: true));
        Assert.Equal(kept, skipped.Instructions.Count);
        Assert.True(skipped.Report.Figures.Malformed > 0);
        Assert.Contains(said, skipped.Report.Figures.Files[0].FirstFault);
    }

    [Theory]
    [InlineData("a.json", "[{GOOD}, {\"x\": }]", "a.json, line 1: not valid JSON")]
    [InlineData("a.json", "[{GOOD}, 3]", "a.json, record 2: this is no JSON object")]
    [InlineData("a.csv", "", "a.csv: there is nothing in it")]
    [InlineData("a.parquet", "{GOOD}", "a.parquet: not a Parquet file")]
    public async Task AFileThatIsBrokenIsAnErrorInEveryCase(string name, string text, string said)
    {
        string whole = text.Replace("{GOOD}", Line(0), StringComparison.Ordinal);
        foreach (bool skip in (bool[])[false, true])
            Assert.Contains(said, (await Assert.ThrowsAsync<InputException>(() => Imported.OfTextAsync(name, whole, new(SkipMalformed: skip)))).Message);
    }

    [Fact]
    public async Task ADamagedGzipFileAndAMissingFileAreTold()
    {
        using TemporaryFolder folder = new();
        byte[] bytes = [0x1F, 0x8B, .. Encoding.ASCII.GetBytes("this is no gzip")];
        foreach (string name in (string[])["a.jsonl.gz", "a.csv.gz"])
        {
            File.WriteAllBytes(folder[name], bytes);
            Assert.Contains("damaged", (await Assert.ThrowsAsync<InputException>(() => Imported.OfAsync([folder[name]]))).Message);
        }

        foreach (string name in (string[])["no.jsonl", "no.csv", "no.parquet"])
            Assert.Contains("no such file", (await Assert.ThrowsAsync<InputException>(() => Imported.OfAsync([folder[name]]))).Message);
    }

    [Fact]
    public async Task NaNAndInfinityOfPythonAreRead()
    {
        Imported imported = await Imported.OfTextAsync("a.jsonl", """{"instruction": "Write a Python function that returns NaN or Infinity.", "input": NaN, "output": "def f(x): ...", "score": -Infinity}""");
        Assert.StartsWith("Write a Python function that returns NaN or Infinity.\n\nWrite a function `f(x)`", Assert.Single(imported.Instructions).Text, StringComparison.Ordinal);
    }
}
