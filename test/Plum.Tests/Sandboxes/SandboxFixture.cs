using Plum.Sandboxes;
using Xunit;

[assembly: AssemblyFixture(typeof(Plum.Tests.Sandboxes.SandboxFixture))]

namespace Plum.Tests.Sandboxes;

/// <summary>One sandbox at the strongest level this machine offers, for all tests that do not ask for another.</summary>
public sealed class SandboxFixture : IAsyncDisposable
{
    private readonly Lazy<PythonSandbox> sandbox = new(() => PythonSandbox.Open(new SandboxOptions(Jails: 2)));

    public PythonSandbox Sandbox => sandbox.Value;

    public Task<ExecutionResult> RunAsync(string program, string entryPoint, params string[] calls) =>
        RunAsync(program, entryPoint, Limits.Default, calls);

    public Task<ExecutionResult> RunAsync(string program, string entryPoint, Limits limits, params string[] calls) =>
        Sandbox.RunAsync(Execution.Parse(program, entryPoint, calls, limits), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => sandbox.IsValueCreated ? sandbox.Value.DisposeAsync() : ValueTask.CompletedTask;
}
