using Plum.Sandboxes;
using Xunit;

namespace Plum.Tests.Sandboxes;

public sealed class LadderTests
{
    [Fact]
    public async Task TheStrongestLevelIsTaken()
    {
        await using PythonSandbox sandbox = PythonSandbox.Open(new(Jails: 1));
        Assert.StartsWith("full (", sandbox.Level, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWeakerLevelCanBeAskedFor()
    {
        await using PythonSandbox sandbox = PythonSandbox.Open(new(Jails: 1, Highest: SandboxLevel.NoNamespaces));
        Assert.StartsWith("no-namespaces (", sandbox.Level, StringComparison.Ordinal);
    }

    [Fact]
    public void LimitsAloneAreRefused()
    {
        InputException exception = Assert.Throws<InputException>(() => PythonSandbox.Open(new(Jails: 1, Highest: SandboxLevel.LimitsOnly)));
        Assert.Contains("--unsafe", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LimitsAloneRunWhenAskedForByNameAndSayWhatAProgramCanDo()
    {
        await using PythonSandbox sandbox = PythonSandbox.Open(new(Jails: 1, Highest: SandboxLevel.LimitsOnly, Unsafe: true));
        Assert.Contains("a program can read files", sandbox.Level, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingInterpreterNamesTheRemedy()
    {
        InputException exception = Assert.Throws<InputException>(() => PythonSandbox.Open(new(Interpreter: "no-such-python")));
        Assert.Contains("Install Python", exception.Message, StringComparison.Ordinal);
    }
}
