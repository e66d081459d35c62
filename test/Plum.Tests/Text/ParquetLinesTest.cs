using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using ParquetSharp;
using Plum.Text;
using Xunit;

namespace Plum.Tests.Text;

/// <summary>What is written is read back here, and by Apache's own implementation, column by column.</summary>
public sealed class ParquetLinesTest
{
    private static readonly JsonObject[] Rows =
    [
        JsonNode.Parse("""{"prompt": [{"role": "user", "content": "Add 2 to n. ü"}], "completion": [{"role": "assistant", "content": "def f(n):\n    return n + 2"}], "label": true, "count": 3, "weight": 0.5, "tokens": [1, 2, 3]}""")!.AsObject(),
        JsonNode.Parse("""{"prompt": [{"role": "system", "content": ""}, {"role": "user", "content": "Add 3 to n."}], "completion": [{"role": "assistant", "content": "?"}], "label": false, "count": 1, "weight": 1.5, "tokens": [4]}""")!.AsObject(),
    ];

    [Fact]
    public async Task RowsAreReadBack()
    {
        using TemporaryFolder folder = new();
        string file = folder["rows.parquet"];
        await ParquetLines.WriteAsync(file, Rows, TestContext.Current.CancellationToken);
        List<JsonObject> read = [];
        await foreach (JsonObject row in ParquetLines.ReadAsync(file, TestContext.Current.CancellationToken)) read.Add(row);
        Assert.Equal(Rows.Select(row => row.ToJsonString()), read.Select(row => row.ToJsonString()));
    }

    [Fact]
    public async Task ApachesReaderReadsTheSame()
    {
        using TemporaryFolder folder = new();
        string file = folder["rows.parquet"];
        await ParquetLines.WriteAsync(file, Rows, TestContext.Current.CancellationToken);
        using ParquetFileReader reader = new(file);
        Assert.Equal(2, reader.FileMetaData.NumRows);
        using RowGroupReader group = reader.RowGroup(0);
        Assert.Equal(Rows.SelectMany(row => row["prompt"]!.AsArray()).Select(turn => turn!["role"]!.GetValue<string>()), Texts(group, "prompt", "role", out short[] repetitions));
        Assert.Equal([0, 0, 1], repetitions); // a row of one turn, a row of two
        Assert.Equal(["Add 2 to n. ü", "", "Add 3 to n."], Texts(group, "prompt", "content", out _));
        Assert.Equal(["def f(n):\n    return n + 2", "?"], Texts(group, "completion", "content", out _));
        Assert.Equal([true, false], Column(group, "label").LogicalReader<bool>().ReadAll(2));
        Assert.Equal([3L, 1], Column(group, "count").LogicalReader<long>().ReadAll(2));
        Assert.Equal([0.5, 1.5], Column(group, "weight").LogicalReader<double>().ReadAll(2));
    }

    [Fact]
    public async Task SomethingElseIsRefused()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["no.parquet"], "{}");
        InputException refused = await Assert.ThrowsAsync<InputException>(async () =>
        {
            await foreach (JsonObject _ in ParquetLines.ReadAsync(folder["no.parquet"], TestContext.Current.CancellationToken))
            {
            }
        });
        Assert.Contains("no.parquet: not a Parquet file", refused.Message);
    }

    private static ColumnReader Column(RowGroupReader group, params string[] names) =>
        group.Column(Enumerable.Range(0, group.MetaData.NumColumns).Single(i => names.All(name => group.MetaData.Schema.Column(i).Path.ToDotVector().Contains(name))));

    private static string[] Texts(RowGroupReader group, string column, string member, out short[] repetitions)
    {
        using ColumnReader<ByteArray> reader = (ColumnReader<ByteArray>)Column(group, column, member);
        short[] definitions = new short[10];
        repetitions = new short[10];
        ByteArray[] values = new ByteArray[10];
        long levels = reader.ReadBatch(10, definitions, repetitions, values, out long read);
        repetitions = repetitions[..(int)levels];
        return [.. values.Take((int)read).Select(value => Marshal.PtrToStringUTF8(value.Pointer, value.Length))];
    }
}
