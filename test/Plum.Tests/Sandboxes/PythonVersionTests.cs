using Plum.Sandboxes;
using Xunit;

namespace Plum.Tests.Sandboxes;

/// <summary>Every Python from 3.9 on that PLUM_PYTHONS names (paths, separated by colons), at both safe levels and in all modes.</summary>
public sealed class PythonVersionTests
{
    [Theory]
    [InlineData(SandboxLevel.Full)]
    [InlineData(SandboxLevel.NoNamespaces)]
    public async Task EveryNamedPythonWorks(SandboxLevel level)
    {
        string[] pythons = (Environment.GetEnvironmentVariable("PLUM_PYTHONS") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        Assert.SkipWhen(pythons.Length == 0, "PLUM_PYTHONS names no interpreter");
        foreach (string python in pythons)
        {
            CancellationToken cancellation = TestContext.Current.CancellationToken;
            await using PythonSandbox sandbox = PythonSandbox.Open(new(Jails: 1, Interpreter: python, Highest: level));
            Assert.StartsWith(level == SandboxLevel.Full ? "full" : "no-namespaces", sandbox.Level, StringComparison.Ordinal);
            ExecutionResult calls = await sandbox.RunAsync(Execution.Parse("import fractions, statistics, hashlib, json\ndef f(x): return [x, hashlib.md5(b'').hexdigest()[:2], statistics.mean([1, 3])]", "f", ["'é'"]), cancellation);
            Assert.Equal("['é', 'd4', 2]", calls.Calls.Count > 0 ? PythonLiteral.Format(calls.Calls[0].Value!) : calls.Message);
            SplitResult split = await sandbox.RunSplitAsync(new SplitExecution("def f(x): return x + 1", "f", ["assert f(1) == 2"], Limits.Default), cancellation);
            Assert.True(split.Passed, split.Message);
            ScriptResult script = await sandbox.RunScriptAsync(new ScriptExecution("print(int(input()) + 1)", "41", Limits.Default), cancellation);
            Assert.Equal("42\n", script.Output);
            Assert.Equal(0, sandbox.Restarts);
        }
    }

    [Fact]
    public void APythonThatIsTooOldIsRefused()
    {
        string? old = Environment.GetEnvironmentVariable("PLUM_OLD_PYTHON");
        Assert.SkipWhen(old is null, "PLUM_OLD_PYTHON names no interpreter");
        Assert.Contains("too old", Assert.Throws<InputException>(() => PythonInterpreter.Resolve(old)).Message, StringComparison.Ordinal);
    }
}
