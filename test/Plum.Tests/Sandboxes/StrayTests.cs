using Plum.Sandboxes;
using Xunit;

namespace Plum.Tests.Sandboxes;

/// <summary>What is left when a sandbox is closed: nothing.</summary>
public sealed class StrayTests
{
    [Fact]
    public async Task ClosingASandboxEndsItsProcesses()
    {
        IReadOnlyList<int> servers;
        await using (PythonSandbox sandbox = PythonSandbox.Open(new(Jails: 2)))
        {
            await sandbox.RunAsync(Execution.Parse(Attacks.All["daemon"], "f", ["1"]), TestContext.Current.CancellationToken);
            servers = sandbox.ForkServers;
        }
        Assert.NotEmpty(servers);
        Assert.All(servers, server => Assert.False(Directory.Exists($"/proc/{server}")));
        Assert.Empty(ChildrenOf(servers));
    }

    [Fact]
    public async Task AProgramsProcessesEndWithIt()
    {
        await using PythonSandbox sandbox = PythonSandbox.Open(new(Jails: 1));
        foreach (string attack in (string[])["fork_bomb", "daemon", "thread_bomb", "multiprocessing"])
            await sandbox.RunAsync(Execution.Parse(Attacks.All[attack], "f", ["1"], new Limits(150, 300, 500)), TestContext.Current.CancellationToken);
        // The one child is the one that waits for the next program.
        Assert.Single(ChildrenOf(sandbox.ForkServers));
    }

    [Fact]
    public async Task ClosingASandboxWhileAProgramRunsEndsTheProgram()
    {
        PythonSandbox sandbox = PythonSandbox.Open(new(Jails: 1));
        using CancellationTokenSource stop = new();
        Task<ExecutionResult> run = sandbox.RunAsync(Execution.Parse(Attacks.All["sleep"], "f", ["1"]), stop.Token);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await sandbox.DisposeAsync();
    }

    [Fact]
    public async Task AProgramLeavesNoFile()
    {
        string[] places = ["/tmp", "/var/tmp", "/dev/shm"];
        HashSet<string> before = [.. places.SelectMany(Directory.EnumerateFileSystemEntries)];
        await using (PythonSandbox sandbox = PythonSandbox.Open(new(Jails: 1)))
            foreach (string attack in (string[])["write_a_file", "fill_the_disk", "import_of_a_file_it_wrote"])
                await sandbox.RunAsync(Execution.Parse(Attacks.All[attack], "f", ["1"]), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(places.SelectMany(Directory.EnumerateFileSystemEntries), path =>
            !before.Contains(path) && path.Contains("plum-attack", StringComparison.Ordinal) || path.EndsWith("plum_module.py", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AForkServerThatIsKilledIsReplacedAndItsWorkIsDoneElsewhere()
    {
        await using PythonSandbox sandbox = PythonSandbox.Open(new(Jails: 1));
        Execution slow = Execution.Parse("import time\ndef f(x):\n    time.sleep(1)\n    return x", "f", ["1"], new Limits(5_000, 5_000, 60_000));
        Task<ExecutionResult> run = sandbox.RunAsync(slow, TestContext.Current.CancellationToken);
        while (sandbox.ForkServers.Count == 0)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        foreach (int process in sandbox.ForkServers)
            System.Diagnostics.Process.GetProcessById(process).Kill();
        Assert.Equal(ExecutionStatus.Completed, (await run).Status);
        Assert.Equal(1, sandbox.Restarts);
    }

    private static List<string> ChildrenOf(IReadOnlyList<int> parents)
    {
        List<string> children = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            try
            {
                string parent = File.ReadAllText(folder + "/stat").Split(") ")[^1].Split(' ')[1];
                if (parents.Contains(int.Parse(parent, System.Globalization.CultureInfo.InvariantCulture)))
                    children.Add(folder);
            }
            catch (IOException)
            {
                // It ended while it was looked at.
            }
        }
        return children;
    }
}
