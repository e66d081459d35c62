namespace Plum.Sandboxes;

/// <summary>One sandbox run: a program and the calls to make of it. It holds no expected answer.</summary>
/// <param name="Program">The program's text, as the policy wrote it.</param>
/// <param name="EntryPoint">The function to call: a name, or an expression such as <c>Solution().two_sum</c>.</param>
/// <param name="Calls">The calls, made in this order in one process.</param>
/// <param name="Limits">What the program may use up.</param>
/// <param name="StopAtFirstFailure">True to make no further call after one that raises, times out or crashes.</param>
/// <param name="GoesOn">Told each call's index and result as soon as it is seen; false ends the program, whose further calls nobody needs. Null to make them all.</param>
/// <param name="HashSeed">PYTHONHASHSEED: what the order of sets of texts follows from. 0 but where a program is tried for what depends on it.</param>
public sealed record Execution(
    string Program,
    string EntryPoint,
    IReadOnlyList<Call> Calls,
    Limits Limits,
    bool StopAtFirstFailure = false,
    Func<int, CallResult, bool>? GoesOn = null,
    int HashSeed = 0)
{
    /// <summary>An execution whose calls are given as Python literals.</summary>
    /// <param name="program">The program's text.</param>
    /// <param name="entryPoint">The function to call.</param>
    /// <param name="arguments">Each call's arguments as they stand between the parentheses: <c>[3, -1], k=2</c>.</param>
    /// <param name="limits">What the program may use up; null for the defaults.</param>
    /// <param name="stopAtFirstFailure">True to make no further call after one that fails.</param>
    /// <exception cref="FormatException">Some arguments are not Python literals.</exception>
    public static Execution Parse(
        string program,
        string entryPoint,
        IEnumerable<string> arguments,
        Limits? limits = null,
        bool stopAtFirstFailure = false) =>
        new(program, entryPoint, [.. arguments.Select(Call.Parse)], limits ?? Limits.Default, stopAtFirstFailure);
}

/// <summary>What one program may use up before it is ended.</summary>
/// <param name="CallCpuMilliseconds">CPU time of one call; the program's body counts as part of the first.</param>
/// <param name="CpuMilliseconds">CPU time of the whole program over all its calls.</param>
/// <param name="WallMilliseconds">Elapsed time of one call: loose, for programs that sleep, so that a busy machine flips no verdict.</param>
/// <param name="MemoryMegabytes">Address space, in MiB.</param>
/// <param name="AnswerBytes">Size of all answers, or of the output, together.</param>
public sealed record Limits(
    int CallCpuMilliseconds = 1_000,
    int CpuMilliseconds = 3_000,
    int WallMilliseconds = 10_000,
    int MemoryMegabytes = 1_024,
    int AnswerBytes = 8 << 20)
{
    /// <summary>Elapsed time of the whole program, as so many times that of one call: for programs that sleep a little in every call.</summary>
    internal const int MostWalls = 3;

    /// <summary>One second of CPU a call, three a program, ten elapsed, 1 GiB, 8 MiB of answers.</summary>
    public static Limits Default { get; } = new();

    /// <summary>
    /// Limits that follow a reference program's own time: eight times as much, never below 100 ms a call.
    /// Time-outs are what judging costs most; a limit made for the task keeps them cheap.
    /// </summary>
    /// <param name="cpuMilliseconds">CPU time of the reference over all calls.</param>
    public static Limits FromReference(double cpuMilliseconds)
    {
        int call = (int)Math.Clamp(8 * cpuMilliseconds, 100, 10_000);
        return Default with { CallCpuMilliseconds = call, CpuMilliseconds = 2 * call, WallMilliseconds = 5_000 + 10 * call };
    }
}
