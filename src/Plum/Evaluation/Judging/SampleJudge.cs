using System.Collections.Concurrent;
using Plum.Evaluation.Benchmarks;
using Plum.Sandboxes;

namespace Plum.Evaluation.Judging;

/// <summary>Judges samples of public benchmarks, each by its task's kind of check; equal programs of a task once.</summary>
/// <param name="sandbox">Where programs run.</param>
/// <param name="mode">Whose idea of a pass counts.</param>
/// <param name="cache">The folder for the outputs of canonical solutions; null to keep none.</param>
public sealed class SampleJudge(PythonSandbox sandbox, EvaluationMode mode, string? cache = null)
{
    private readonly DifferentialJudge differential = new(sandbox, new ExpectedOutputs(sandbox, cache));
    private readonly TestCodeJudge testCode = new(sandbox);
    private readonly CallJudge calls = new(sandbox);
    private readonly ScriptJudge scripts = new(sandbox);
    private readonly WholeJudge whole = new(sandbox);
    private readonly ConcurrentDictionary<(string Task, string Program), Lazy<Task<SampleVerdict>>> judged = new();

    /// <summary>Which layers of isolation are on.</summary>
    public string SandboxLevel => sandbox.Level;

    /// <summary>How many samples may usefully be judged at once.</summary>
    public int Parallelism => sandbox.Parallelism;

    /// <summary>Judges one sample.</summary>
    /// <param name="task">The task.</param>
    /// <param name="program">The whole program; a blank one fails without being run.</param>
    /// <param name="cancellation">Stops the run.</param>
    public Task<SampleVerdict> JudgeAsync(PublicTask task, string program, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (string.IsNullOrWhiteSpace(program)) return Task.FromResult(NoProgram(task));
        return judged.GetOrAdd((task.Id, program), _ => new(() => RunAsync(task, task.Preamble + program, cancellation))).Value;
    }

    private Task<SampleVerdict> RunAsync(PublicTask task, string program, CancellationToken cancellation) => task.Check switch
    {
        Check.Differential check => differential.JudgeAsync(task.Id, check, program, mode, cancellation),
        Check.TestCode check => testCode.JudgeAsync(check, program, cancellation),
        Check.Calls check => calls.JudgeAsync(check, program, mode, cancellation),
        Check.Scripts check => scripts.JudgeAsync(check, program, cancellation),
        Check.Whole check => whole.JudgeAsync(check, program, mode, cancellation),
        _ => throw new NotSupportedException($"{task.Check.GetType().Name} has no judge."),
    };

    private static SampleVerdict NoProgram(PublicTask task) => new(
        SetStatus.Fail, task.Check is Check.Differential { HasPlus: true } ? SetStatus.Fail : null, [CaseOutcome.Failed],
        new("base", 0, null, null, null, "no program"), FailureKind.NoProgram, 0);
}
