using System.Text;

namespace Plum.Sandboxes;

/// <summary>A compiler that stays: a process that is sent the sources of one program after another and answers with what it built of each.</summary>
/// <param name="Sources">The files that it is sent, of those a program consists of.</param>
/// <param name="Product">The file that it answers with.</param>
/// <param name="Files">The files that it is made of itself.</param>
/// <param name="Steps">Command lines that build it, given the tool's path; the last one becomes it.</param>
public sealed record StandingCompiler(
    IReadOnlyList<string> Sources,
    string Product,
    Func<IReadOnlyList<KeyValuePair<string, byte[]>>> Files,
    Func<string, IReadOnlyList<IReadOnlyList<string>>> Steps);

/// <summary>
/// Such a process in a jail of its own, with every layer and no program in it: sources are read there, never run. One that
/// ends it, or keeps it for too long, has no answer, and the next one meets a new process.
/// </summary>
/// <param name="jail">Where it lives.</param>
/// <param name="language">Whose compiler it is.</param>
internal sealed class CompilerChild(Jail jail, Language language) : IDisposable
{
    private const int MostCpuMilliseconds = 3_000;
    private const int MostWallMilliseconds = 30_000;
    private const int MostAnswer = 16 << 20;
    private const int MostFailures = 2;

    /// <summary>Its own time is watched a program at a time, so the kernel's limit is a day.</summary>
    private static readonly Limits Limits = new(CpuMilliseconds: 86_400_000, AnswerBytes: MostAnswer);

    private bool runs;
    private bool proven;
    private int failures;

    /// <summary>What it said of a program.</summary>
    /// <param name="Product">The built program; null where it does not build.</param>
    /// <param name="Complaint">What is wrong with it, if anything.</param>
    /// <param name="CpuMilliseconds">What that took, the compiler's own start aside.</param>
    public sealed record Answer(byte[]? Product, string Complaint, double CpuMilliseconds);

    /// <summary>The jail.</summary>
    public Jail Jail => jail;

    /// <summary>Compiles one program; null where it gave no answer.</summary>
    /// <param name="files">The program's files, its sources among them.</param>
    /// <param name="cancellation">Ends the compiler.</param>
    /// <exception cref="JailException">The jail broke.</exception>
    public Answer? Compile(IReadOnlyList<KeyValuePair<string, byte[]>> files, CancellationToken cancellation)
    {
        // Where it has never worked, it will not.
        if (!proven && failures >= MostFailures)
            return null;
        FrameReader reader = runs ? new(started: true) : Start();
        jail.ForgetAnswers();
        double cpuBefore = Math.Max(0, jail.CpuMilliseconds), wallBefore = jail.WallMilliseconds;
        if (!jail.Request('C', Request(files)))
            return NoAnswer();
        Span<LinuxCalls.PollDescriptor> waiting = [new(jail.Waited.Control, LinuxCalls.PollIn), new(jail.Waited.Answers, LinuxCalls.PollIn)];
        while (true)
        {
            LinuxCalls.Poll(waiting, 20);
            jail.Drain(MostAnswer);
            double cpu = jail.CpuMilliseconds - cpuBefore;
            if (reader.Next(jail.Answers, out char kind, out ReadOnlySpan<byte> data))
            {
                proven = true;
                return new(kind == 'B' ? data.ToArray() : null, kind == 'B' ? "" : Encoding.UTF8.GetString(data), Math.Max(0, cpu));
            }
            if (waiting[0].Returned != 0 || cpu >= MostCpuMilliseconds || jail.WallMilliseconds - wallBefore >= MostWallMilliseconds || cancellation.IsCancellationRequested)
            {
                NoAnswer();
                cancellation.ThrowIfCancellationRequested();
                return null;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => jail.Dispose();

    private FrameReader Start()
    {
        jail.ForgetRequests();
        jail.Begin(JobFrame.Of("stay", "", "", writer => ProgramRun.Write(writer, language.Compiler!.Files(), language.Compiler.Steps(language.ToolPath!)),
            Limits with { MemoryMegabytes = Limits.MemoryMegabytes + language.MemoryMegabytes }));
        runs = true;
        return new();
    }

    private Answer? NoAnswer()
    {
        failures++;
        runs = false;
        jail.KillChild();
        jail.Finish(Limits, false);
        return null;
    }

    private byte[] Request(IReadOnlyList<KeyValuePair<string, byte[]>> files)
    {
        MemoryStream request = new();
        using BinaryWriter writer = new(request);
        KeyValuePair<string, byte[]>[] sources = [.. files.Where(file => language.Compiler!.Sources.Contains(file.Key))];
        writer.Write(sources.Length);
        foreach ((string name, byte[] content) in sources)
        {
            writer.Write(name);
            writer.Write(Encoding.UTF8.GetString(content));
        }
        writer.Flush();
        return request.ToArray();
    }
}
