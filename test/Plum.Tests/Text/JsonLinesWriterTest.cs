using Plum.Text;
using Xunit;

namespace Plum.Tests.Text;

public sealed class JsonLinesWriterTest : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static Instruction One(string id) => new(id, "text", "f");

    [Fact]
    public async Task AResumedWriterEndsWithTheSameFile()
    {
        using (JsonLinesWriter<Instruction> writer = new(folder["in/whole.jsonl"]))
        {
            writer.Append([One("a"), One("b")]);
            writer.Append(One("c"));
            writer.FlushToDisk();
            Assert.Equal(3, writer.Lines);
        }

        byte[] whole = await File.ReadAllBytesAsync(folder["in/whole.jsonl"]);
        await File.WriteAllBytesAsync(folder["torn.jsonl"], whole[..^5]);
        using (JsonLinesWriter<Instruction> writer = new(folder["torn.jsonl"], keep: 1))
        {
            Assert.Equal(1, writer.Lines);
            writer.Append(One("b"));
            // Others may look on while it is written.
            Assert.Equal(2, (await JsonLines.ReadAllAsync<Instruction>(folder["torn.jsonl"])).Count);
            writer.Append(One("c"));
        }

        Assert.Equal(whole, await File.ReadAllBytesAsync(folder["torn.jsonl"]));
    }

    [Fact]
    public void AFolderUnderAFileIsAnInputError()
    {
        File.WriteAllText(folder["file"], "");
        Assert.Throws<InputException>(() => new JsonLinesWriter<Instruction>(folder["file/x.jsonl"]));
        Assert.Throws<InputException>(() => JsonLines.WriteAll(folder["file/x.jsonl"], [One("a")]));
    }
}
