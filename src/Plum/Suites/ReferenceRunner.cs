using Plum.Sandboxes;

namespace Plum.Suites;

/// <summary>Runs every program of a lesson on every call proposed so far, and then the properties on their answers.</summary>
/// <param name="sandbox">Where programs run.</param>
/// <param name="options">What they may use up.</param>
internal sealed class ReferenceRunner(ISandbox sandbox, SuiteOptions options)
{
    /// <summary>What most references need no more than.</summary>
    public static Limits Short { get; } = Limits.FromReference(0);

    private readonly Limits whole = options.Limits ?? Limits.Default;

    /// <summary>The lesson with its runs.</summary>
    /// <param name="lesson">The lesson.</param>
    /// <param name="cancellation">Stops the runs.</param>
    public async Task<Lesson> RunAsync(Lesson lesson, CancellationToken cancellation)
    {
        if (lesson.TeacherFailed || lesson.Executed > 0 && lesson.Executed == lesson.Inputs.Calls.Count) return lesson;
        // Without inputs there is nothing to run.
        IReadOnlyList<ProposedProgram> programs = lesson.Inputs.Calls.Count == 0 ? [] : lesson.Programs;
        ReferenceRun[] runs = await Task.WhenAll(programs.Select(program =>
            RunAsync(lesson, program, program.Role == ReferenceRole.BruteForce ? whole : Short, cancellation))).ConfigureAwait(false);
        // Programs that loop for ever are what stage 1 costs most. A time-out is believed where most references were quick;
        // where they were not the task may simply take long, and they have the whole time.
        ReferenceRun[] references = [.. runs.Where(run => run.Role == ReferenceRole.Reference)];
        if (2 * references.Where(run => run.TimedOut).Sum(run => run.Samples) >= references.Sum(run => run.Samples))
            runs = await Task.WhenAll(programs.Select((program, at) => runs[at].TimedOut && program.Role == ReferenceRole.Reference
                ? RunAsync(lesson, program, whole, cancellation)
                : Task.FromResult(runs[at]))).ConfigureAwait(false);
        return lesson with { Executed = lesson.Inputs.Calls.Count, Runs = await PropertyCheck.ApplyAsync(lesson.Properties, lesson.Inputs, runs, sandbox, options, cancellation).ConfigureAwait(false) };
    }

    private async Task<ReferenceRun> RunAsync(Lesson lesson, ProposedProgram program, Limits limits, CancellationToken cancellation)
    {
        Execution execution = new(program.Text, lesson.Instruction.EntryPoint, lesson.Calls, limits);
        return new(program.Text, program.Samples, await sandbox.RunAsync(execution, cancellation).ConfigureAwait(false), program.Role);
    }
}
