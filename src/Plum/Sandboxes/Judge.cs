namespace Plum.Sandboxes;

/// <summary>
/// The test's side of split mode: a child that holds a compiled test and runs it for one candidate after another, for as
/// long as the next execution brings the same test. Another test gets another child.
/// </summary>
/// <param name="jail">Where the child lives.</param>
internal sealed class Judge(Jail jail) : IDisposable
{
    private const int MostCpuMilliseconds = 10_000;
    private const int ReusedBelowCpuMilliseconds = 2_000;

    private SplitExecution? holds;
    private double cpuBefore;

    /// <summary>The jail.</summary>
    public Jail Jail => jail;

    /// <summary>CPU time that the child spent on this candidate, in ms.</summary>
    public double CpuMilliseconds => Math.Max(0, jail.CpuMilliseconds - cpuBefore);

    /// <summary>True where the test used up its own time.</summary>
    public bool Exhausted => CpuMilliseconds >= MostCpuMilliseconds - ReusedBelowCpuMilliseconds;

    /// <summary>Has the tests from one on run; returns the reader of what the child says.</summary>
    /// <param name="execution">The tests.</param>
    /// <param name="from">The first one.</param>
    /// <exception cref="JailException">The jail broke.</exception>
    public FrameReader Begin(SplitExecution execution, int from)
    {
        if (from <= byte.MaxValue && Holds(execution) && jail.CpuMilliseconds is >= 0 and < ReusedBelowCpuMilliseconds)
        {
            cpuBefore = jail.CpuMilliseconds;
            jail.ForgetAnswers();
            if (jail.Request('A', [(byte)from]))
                return new FrameReader(started: true);
        }
        End();
        jail.ForgetRequests();
        jail.Begin(JobFrame.Of("judge", execution.Prelude, execution.EntryPoint, writer =>
        {
            writer.Tuple(2);
            writer.Number(from);
            writer.List(execution.Tests.Count);
            foreach (string test in execution.Tests)
                writer.Text(test);
        }, Limits.Default with { CpuMilliseconds = MostCpuMilliseconds }));
        cpuBefore = 0;
        holds = execution;
        return new FrameReader();
    }

    /// <summary>Kills the child, if there is one: it waits for an answer that will not come, or for nothing.</summary>
    /// <exception cref="JailException">The jail broke.</exception>
    public void End()
    {
        if (holds is null)
            return;
        holds = null;
        jail.KillChild();
        jail.Finish(Limits.Default, false);
    }

    /// <inheritdoc/>
    public void Dispose() => jail.Dispose();

    private bool Holds(SplitExecution execution) => holds is not null
        && holds.EntryPoint == execution.EntryPoint && holds.Prelude == execution.Prelude && holds.Tests.SequenceEqual(execution.Tests);
}
