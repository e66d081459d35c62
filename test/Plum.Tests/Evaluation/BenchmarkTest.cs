using Plum.Evaluation;
using Xunit;

namespace Plum.Tests.Evaluation;

public sealed class BenchmarkTest : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Task<Benchmark> Read(string text)
    {
        File.WriteAllText(folder["held.jsonl"], text);
        return Benchmark.ReadAsync(folder["held.jsonl"]);
    }

    [Fact]
    public async Task ATaskIsAnInstructionAndASuite()
    {
        Benchmark benchmark = await Read("""{"id":"h-1","family":"lists","instruction":"Sum it.","entry_point":"solve","tests":[{"arguments":"[1, 2]","expected":"3"}]}""");
        Assert.Equal("held", benchmark.Name);
        BenchmarkTask task = Assert.Single(benchmark.Tasks);
        Assert.Equal(new Instruction("h-1", "Sum it.", "solve", "lists"), task.Instruction);
        Assert.Equal(new TestCase("[1, 2]", "3"), Assert.Single(task.Suite.Cases));
    }

    [Theory]
    [InlineData("", "no tasks")]
    [InlineData("""{"id":"h","instruction":"x","entry_point":"f","tests":[]}""", "'h' has no tests")]
    [InlineData("""{"id":"h","instruction":"x","entry_point":"f"}""", "line 1")]
    [InlineData("""{"id":"h","instruction":"x","entry_point":"f","tests":[{"arguments":"1"}]}""", "'expected'")]
    public async Task BadFilesAreBadInput(string text, string says) =>
        Assert.Contains(says, (await Assert.ThrowsAsync<InputException>(() => Read(text))).Message);
}
