using Plum.Text;
using Xunit;

namespace Plum.Tests.Text;

public sealed class AtomicFileTest : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AFileIsReplacedWhole()
    {
        AtomicFile.WriteText(folder["deep/er/file.txt"], "one, which is longer");
        AtomicFile.WriteText(folder["deep/er/file.txt"], "two ü");
        Assert.Equal("two ü"u8.ToArray(), File.ReadAllBytes(folder["deep/er/file.txt"]));
        Assert.Single(Directory.GetFiles(folder["deep/er"]));
    }

    [Fact]
    public void AWriterThatFailsLeavesTheOldFile()
    {
        AtomicFile.WriteText(folder["file"], "old");
        Assert.Throws<InvalidDataException>(() => AtomicFile.Write(folder["file"], stream =>
        {
            stream.Write(new byte[200_000]);
            throw new InvalidDataException();
        }));
        Assert.Equal("old", File.ReadAllText(folder["file"]));
        Assert.Single(Directory.GetFiles(folder["."]));
    }

    [Fact]
    public void AFullDiskIsAnInputErrorAndLeavesTheOldFile()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("/dev/full is Linux's");
        AtomicFile.WriteText(folder["file"], "old");
        // What is written to the temporary name goes to a device that is always full.
        File.CreateSymbolicLink(folder[$"file.{Environment.ProcessId}.tmp"], "/dev/full");
        InputException error = Assert.Throws<InputException>(() => AtomicFile.WriteText(folder["file"], new string('x', 100_000)));
        Assert.StartsWith($"{folder["file"]}: the disk is full: free some space", error.Message);
        Assert.Equal("old", File.ReadAllText(folder["file"]));
        Assert.Single(Directory.GetFiles(folder["."]));
    }
}
