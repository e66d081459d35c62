using System.Diagnostics;
using Xunit;

namespace Plum.Tests.Sandboxes;

/// <summary>What holds for root has to hold for everybody: as root, the attacks are run once more as another user.</summary>
public sealed class UnprivilegedTests
{
    [Fact]
    public async Task EveryAttackFailsForAnUnprivilegedUserToo()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "already unprivileged: AttackTests themselves ran so");
        Assert.SkipUnless(File.Exists("/usr/bin/setpriv") && File.Exists("/usr/bin/python3"), "needs setpriv and a Python that everybody may run");
        ProcessStartInfo start = new("/usr/bin/setpriv")
        {
            RedirectStandardOutput = true,
            Environment = { ["PATH"] = "/usr/local/bin:/usr/bin:/bin", ["HOME"] = "/tmp", ["DOTNET_CLI_HOME"] = "/tmp" },
        };
        foreach (string argument in (ReadOnlySpan<string>)["--reuid=64999", "--regid=64999", "--clear-groups",
            Environment.ProcessPath!, "--filter-class", typeof(AttackTests).FullName!, "--results-directory", Path.GetTempPath()])
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output[Math.Max(0, output.Length - 4000)..]);
    }
}
