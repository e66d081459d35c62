using System.Collections.Concurrent;
using Plum.Sandboxes;
using Plum.Verdicts;
using Xunit;

namespace Plum.Tests.Sandboxes;

/// <summary>Each attack at each level: it does not pass, it is not the sandbox's fault, and a right program still passes after it.</summary>
public sealed class AttackTests(AttackSandboxes sandboxes) : IClassFixture<AttackSandboxes>
{
    private static readonly TestSuite Suite = new("attack", "f", [new("1", "2"), new("5", "6")]);
    private static readonly Limits Tight = new(CallCpuMilliseconds: 150, CpuMilliseconds: 300, WallMilliseconds: 1_000, MemoryMegabytes: 512);

    public static TheoryData<string, SandboxLevel> Matrix()
    {
        TheoryData<string, SandboxLevel> rows = [];
        foreach (SandboxLevel level in (ReadOnlySpan<SandboxLevel>)[SandboxLevel.Full, SandboxLevel.NoNamespaces])
            foreach (string name in Attacks.All.Keys)
                rows.Add(name, level);
        return rows;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task AnAttackNeitherPassesNorBreaksTheSandbox(string attack, SandboxLevel level)
    {
        PythonSandbox sandbox = sandboxes.At(level);
        Verifier verifier = new(sandbox, new(Limits: Tight));
        Verdict verdict = await verifier.VerifyAsync(Suite, Of(Attacks.All[attack]), TestContext.Current.CancellationToken);
        Assert.False(verdict.Passed, $"{attack} passed");
        Assert.False(verdict.Undecided, $"{attack} was not judged");
        Verdict control = await verifier.VerifyAsync(Suite, Of(Attacks.Right), TestContext.Current.CancellationToken);
        Assert.True(control.Passed, $"after {attack} a right program got {control.FirstFailure}");
        if (attack.StartsWith("residue", StringComparison.Ordinal))
            Assert.False((await verifier.VerifyAsync(Suite, Of(Attacks.All[attack]), TestContext.Current.CancellationToken)).Passed, $"{attack} passed at its second run");
        Assert.Equal(0, sandbox.Restarts);
    }

    /// <summary>In split mode the test's own == decides, to which 2.0 and True are numbers: those two rows are no attacks there.</summary>
    public static TheoryData<string, SandboxLevel> SplitMatrix() =>
        new(Matrix().Where(row => !row.Data.Item1.EndsWith("_for_an_integer", StringComparison.Ordinal)).Select(row => row.Data));

    [Theory]
    [MemberData(nameof(SplitMatrix))]
    public async Task AnAttackFailsInSplitModeToo(string attack, SandboxLevel level)
    {
        PythonSandbox sandbox = sandboxes.At(level);
        SplitResult result = await sandbox.RunSplitAsync(Split(Attacks.All[attack]), TestContext.Current.CancellationToken);
        Assert.False(result.Passed, $"{attack} passed");
        Assert.DoesNotContain(CaseOutcome.Undecided, result.Outcomes);
        SplitResult control = await sandbox.RunSplitAsync(Split(Attacks.Right), TestContext.Current.CancellationToken);
        Assert.True(control.Passed, $"after {attack} a right program got {control.Message}");
        Assert.Equal(0, sandbox.Restarts);
    }

    /// <summary>Even where nothing but limits holds a program, it cannot reach its verdict.</summary>
    [Theory]
    [InlineData("walk_the_frames_for_the_test")]
    [InlineData("search_the_heap_for_the_test")]
    [InlineData("search_all_text_for_an_earlier_program")]
    [InlineData("equals_everything")]
    [InlineData("equals_everything_inside_a_list")]
    [InlineData("integer_subclass")]
    [InlineData("metaclass_that_lies_about_its_type")]
    [InlineData("class_attribute_that_lies")]
    [InlineData("patched_builtins")]
    [InlineData("patched_marshal")]
    [InlineData("patched_driver")]
    [InlineData("trace_function_that_changes_locals")]
    [InlineData("forged_frames_on_every_descriptor")]
    [InlineData("wrong_answer_in_a_forged_frame")]
    [InlineData("forged_sandbox_error")]
    [InlineData("exit_handler_that_answers")]
    [InlineData("immediate_exit")]
    [InlineData("become_true")]
    [InlineData("answers_that_do_not_wait")]
    [InlineData("answers_in_pieces_of_other_frames")]
    [InlineData("a_length_beyond_the_answer")]
    [InlineData("code_in_marshal")]
    [InlineData("stop_iteration_for_every_answer")]
    public async Task AForgeryFailsWithLimitsAlone(string attack)
    {
        PythonSandbox sandbox = sandboxes.At(SandboxLevel.LimitsOnly);
        Verifier verifier = new(sandbox, new(Limits: Tight));
        Assert.False((await verifier.VerifyAsync(Suite, Of(Attacks.All[attack]), TestContext.Current.CancellationToken)).Passed, $"{attack} passed");
        Assert.False((await sandbox.RunSplitAsync(Split(Attacks.All[attack]), TestContext.Current.CancellationToken)).Passed, $"{attack} passed in split mode");
        Assert.True((await verifier.VerifyAsync(Suite, Of(Attacks.Right), TestContext.Current.CancellationToken)).Passed, $"after {attack} a right program failed");
    }

    private static SplitExecution Split(string program) =>
        new(program, "f", ["def check(candidate):\n    assert candidate(1) == 2\n    assert candidate(5) == 6\n"], Tight);

    private static Candidate Of(string program) => new("attack", 0, program, program, [], [], "stop", 0, 1);
}

/// <summary>A sandbox of one jail a level, so that what an attack breaks meets the next program.</summary>
public sealed class AttackSandboxes : IAsyncDisposable
{
    private readonly ConcurrentDictionary<SandboxLevel, Lazy<PythonSandbox>> sandboxes = new();

    public PythonSandbox At(SandboxLevel level) => sandboxes.GetOrAdd(level,
        level => new(() => PythonSandbox.Open(new(Jails: 1, Highest: level, Unsafe: level == SandboxLevel.LimitsOnly)))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<PythonSandbox> sandbox in sandboxes.Values)
            await sandbox.Value.DisposeAsync();
    }
}
