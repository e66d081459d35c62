using System.Buffers.Binary;

namespace Plum.Sandboxes;

/// <summary>
/// Decides when a program's time is over: by the CPU time that it used, for the call under way and for all together; by
/// elapsed time only where it sleeps. A call's time counts from the tick at which the answer before it was seen.
/// </summary>
/// <param name="limits">The limits.</param>
/// <param name="cpuMilliseconds">What is left of the program's CPU time.</param>
/// <param name="calls">How many calls there are; negative where the answers are no frames. No more answers than that reset the clock.</param>
internal struct Watch(Limits limits, double cpuMilliseconds, int calls)
{
    private int seen;
    private int resets;
    private double cpuAtCall;
    private double wallAtCall;

    /// <summary>True where a limit is passed.</summary>
    /// <param name="cpu">CPU time so far, in ms; negative where the process is gone.</param>
    /// <param name="wall">Elapsed time so far, in ms.</param>
    /// <param name="answers">The answers so far.</param>
    public bool IsOver(double cpu, double wall, ReadOnlySpan<byte> answers)
    {
        if (resets <= calls && Advance(answers))
        {
            resets++;
            cpuAtCall = cpu;
            wallAtCall = wall;
        }
        return cpu >= cpuMilliseconds || cpu - cpuAtCall >= limits.CallCpuMilliseconds || wall - wallAtCall >= limits.WallMilliseconds
            || wall >= Limits.MostWalls * limits.WallMilliseconds;
    }

    private bool Advance(ReadOnlySpan<byte> answers)
    {
        int before = seen;
        if (seen == 0 && answers.Length > 0)
            seen = 1;
        while (seen > 0 && seen + 5 <= answers.Length)
        {
            int size = BinaryPrimitives.ReadInt32LittleEndian(answers[(seen + 1)..]);
            if (size < 0 || size > answers.Length - seen - 5)
                break;
            seen += 5 + size;
        }
        return seen > before;
    }
}
