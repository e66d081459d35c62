using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace Plum.Sandboxes;

/// <summary>
/// One fork server in its jail, driven by one thread, which has to live as long as the jail (the kernel ties the fork
/// server's life to the thread that started it). A job is written to a child that already waits for it; the child's
/// answers arrive on a pipe that is read when the fork server reports the child's end, so one wake-up a job.
/// </summary>
internal sealed class Jail : IDisposable
{
    private const int RecordBytes = 24;
    private const int MostDiagnostics = 1 << 16;
    private const int PrivateMegabytes = 256;

    private static readonly string[] Modules = ["linux", "filters", "landlock", "namespaces", "program", "view", "evalplus", "judge", "toolchain", "forkserver"];
    private static readonly TimeSpan MostStartTime = TimeSpan.FromSeconds(30);
    private static readonly int[] Ticks = [4, 8, 16, 32, 50];

    private readonly int process;
    private readonly int jobs;
    private readonly int answers;
    private readonly int control;
    private readonly int diagnostics;
    private readonly int requests;
    private readonly int requestsRead;
    private readonly ArrayBufferWriter<byte> answered = new(1 << 16);
    private readonly ArrayBufferWriter<byte> complaints = new(1 << 12);
    private readonly byte[] record = new byte[RecordBytes];
    private int child;
    private int children;
    private long began;

    private Jail(string interpreter, ReadOnlySpan<byte> setup, int hashSeed)
    {
        (int jobsRead, jobs) = LinuxCalls.Pipe();
        (answers, int answersWrite) = LinuxCalls.Pipe();
        (control, int controlWrite) = LinuxCalls.Pipe();
        (diagnostics, int diagnosticsWrite) = LinuxCalls.Pipe();
        // The reading end is kept too: what a child left unread is thrown away before the next one may read.
        (requestsRead, requests) = LinuxCalls.Pipe();
        int nullRead = LinuxCalls.Open("/dev/null", 0);
        int nullWrite = LinuxCalls.Open("/dev/null", 1);
        try
        {
            // Hash seeds are fixed so that the order of sets, and with it a verdict, is the same in every run.
            process = LinuxCalls.Spawn(interpreter, [interpreter, "-S", "-s", "-B", "-X", "utf8", "-c", Script("bootstrap")],
                [$"PYTHONHASHSEED={hashSeed}", "PATH=/usr/bin:/bin", "LANG=C.UTF-8", "OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1"],
                [jobsRead, nullWrite, diagnosticsWrite, answersWrite, controlWrite, nullRead, requestsRead]);
        }
        finally
        {
            foreach (int end in (ReadOnlySpan<int>)[jobsRead, nullWrite, diagnosticsWrite, answersWrite, controlWrite, nullRead])
                _ = LinuxCalls.close(end);
        }
        LinuxCalls.SetNonBlocking(answers);
        LinuxCalls.SetNonBlocking(diagnostics);
        LinuxCalls.SetNonBlocking(requests);
        LinuxCalls.WriteAll(jobs, setup);
    }

    /// <summary>What a child left behind.</summary>
    /// <param name="Answers">Its answers, valid until the next run.</param>
    /// <param name="WaitStatus">As wait(2) gives it.</param>
    /// <param name="CpuMilliseconds">User and system time.</param>
    /// <param name="TimedOut">True where it was killed for its time.</param>
    /// <param name="TooLarge">True where it was killed for the size of its answers.</param>
    /// <param name="Diagnostics">What it wrote to its standard error, cut.</param>
    /// <param name="PeakMegabytes">The most memory that it held at once, in MiB.</param>
    public readonly record struct Outcome(
        ReadOnlyMemory<byte> Answers,
        int WaitStatus,
        double CpuMilliseconds,
        bool TimedOut,
        bool TooLarge,
        ReadOnlyMemory<byte> Diagnostics,
        double PeakMegabytes);

    /// <summary>The layers that the fork server put on, by name.</summary>
    public IReadOnlyDictionary<string, TypedValue> Layers { get; private set; } = new Dictionary<string, TypedValue>();

    /// <summary>The fork server's process id.</summary>
    public int Process => process;

    /// <summary>Starts a jail and waits until it can take jobs.</summary>
    /// <param name="interpreter">The resolved interpreter.</param>
    /// <param name="level">The level to build; the fork server reports what the machine refused of it.</param>
    /// <param name="options">Limits of the whole jail.</param>
    /// <param name="index">Which jail: as root, each is another user.</param>
    /// <exception cref="JailException">It does not come up; the message holds what the interpreter said.</exception>
    /// <param name="toolchains">Folders that compilers and runtimes of other languages need; null for a jail of Python programs.</param>
    /// <param name="hashSeed">The seed of texts' hashes.</param>
    public static Jail Start(string interpreter, SandboxLevel level, SandboxOptions options, int index, IReadOnlyList<string>? toolchains = null, int hashSeed = 0)
    {
        Jail jail = new(interpreter, Setup(level, options, index, toolchains), hashSeed);
        try
        {
            byte[] size = new byte[4];
            if (!LinuxCalls.ReadAll(jail.control, size))
                throw jail.Broken("did not start");
            byte[] report = new byte[BinaryPrimitives.ReadInt32LittleEndian(size)];
            if (!LinuxCalls.ReadAll(jail.control, report) || AnswerReader.Read(report) is not TypedValue.Dict layers)
                throw jail.Broken("did not report");
            jail.Layers = layers.Items.ToDictionary(layer => ((TypedValue.Str)layer.Key).Value, layer => layer.Value);
            if (jail.Layers.TryGetValue("refused", out TypedValue? reason))
                throw new JailException($"the machine refuses a layer: {((TypedValue.Str)reason).Value}");
            if (!jail.ReadRecord())
                throw jail.Broken("could not make its first child");
            return jail;
        }
        catch
        {
            jail.Dispose();
            throw;
        }
    }

    /// <summary>Runs one job in the waiting child. Blocks until the child has ended.</summary>
    /// <param name="job">The job's frame.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="cpuMilliseconds">What is left of the program's CPU time.</param>
    /// <param name="calls">How many calls there are, so that each has its own time; negative for raw output.</param>
    /// <param name="cancellation">Kills the child.</param>
    /// <param name="enough">Asked after each look at <see cref="Answers"/>: true where no more are needed. Null to wait for the end.</param>
    /// <exception cref="JailException">The jail broke; it can only be disposed of.</exception>
    public Outcome Run(Span<byte> job, Limits limits, double cpuMilliseconds, int calls, CancellationToken cancellation, Func<bool>? enough = null)
    {
        Begin(job);
        Watch watch = new(limits, cpuMilliseconds, calls);
        bool timedOut = false, eager = false;
        Span<LinuxCalls.PollDescriptor> waiting = [new(control, LinuxCalls.PollIn), new(answers, 0), new(diagnostics, 0)];
        for (int tick = 0; ; tick++)
        {
            waiting[1].Events = eager ? LinuxCalls.PollIn : (short)0;
            LinuxCalls.Poll(waiting, Ticks[Math.Min(tick, Ticks.Length - 1)]);
            if (waiting[0].Returned != 0)
                break;
            // A program that writes much is read as it writes; the others are left alone until they end.
            eager = Drain(limits.AnswerBytes) >= 1 << 15;
            timedOut = watch.IsOver(CpuMilliseconds, WallMilliseconds, Answers);
            if (timedOut || answered.WrittenCount > limits.AnswerBytes || cancellation.IsCancellationRequested || enough?.Invoke() == true)
            {
                KillChild();
                break;
            }
        }
        Outcome outcome = Finish(limits, timedOut);
        cancellation.ThrowIfCancellationRequested();
        return outcome;
    }

    /// <summary>What the running child has answered so far.</summary>
    public ReadOnlySpan<byte> Answers => answered.WrittenSpan;

    /// <summary>CPU time of the running child, in ms; negative where it has ended.</summary>
    public double CpuMilliseconds => LinuxCalls.CpuMilliseconds(child);

    /// <summary>Elapsed time of the running child, in ms.</summary>
    public double WallMilliseconds => Stopwatch.GetElapsedTime(began).TotalMilliseconds;

    /// <summary>The descriptors to wait for: the child's end, and its answers.</summary>
    public (int Control, int Answers) Waited => (control, answers);

    /// <summary>Hands a job to the waiting child.</summary>
    /// <param name="job">The job's frame; its address is filled in.</param>
    /// <exception cref="JailException">The jail broke.</exception>
    public void Begin(Span<byte> job)
    {
        JobFrame.Address(job, children);
        answered.ResetWrittenCount();
        complaints.ResetWrittenCount();
        began = Stopwatch.GetTimestamp();
        if (!LinuxCalls.WriteAll(jobs, job))
            throw Broken("takes no jobs");
    }

    /// <summary>Forgets what the running child has answered so far, before it is asked for more.</summary>
    public void ForgetAnswers()
    {
        answered.ResetWrittenCount();
        complaints.ResetWrittenCount();
    }

    /// <summary>Sends a frame to the running child, which has to be reading; false where it does not take it.</summary>
    public bool Request(char kind, ReadOnlySpan<byte> data)
    {
        byte[] frame = new byte[5 + data.Length];
        frame[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(1), data.Length);
        data.CopyTo(frame.AsSpan(5));
        return LinuxCalls.WriteAll(requests, frame, patience: 1_000);
    }

    /// <summary>Reads what the child has written so far; beyond the cap it is read and dropped. Returns how much there was.</summary>
    public int Drain(int cap)
    {
        Drain(diagnostics, complaints, MostDiagnostics);
        return Drain(answers, answered, cap);
    }

    /// <summary>Kills the running child, once it has taken its whole job: what it left of it would be the next child's.</summary>
    /// <exception cref="JailException">It takes no job.</exception>
    public void KillChild()
    {
        Span<LinuxCalls.PollDescriptor> waiting = [new(control, LinuxCalls.PollIn)];
        for (long from = Stopwatch.GetTimestamp(); LinuxCalls.Unread(jobs) > 0 && LinuxCalls.Poll(waiting, 1) == 0;)
            if (Stopwatch.GetElapsedTime(from) > MostStartTime)
                throw Broken("has a child that takes no job");
        _ = LinuxCalls.kill(child, LinuxCalls.Kill);
    }

    /// <summary>Waits for the child's end, which is near, and says what it left.</summary>
    /// <exception cref="JailException">The jail broke.</exception>
    public Outcome Finish(Limits limits, bool timedOut)
    {
        if (!ReadRecord())
            throw Broken("ended");
        Drain(limits.AnswerBytes);
        return new Outcome(answered.WrittenMemory, BinaryPrimitives.ReadInt32LittleEndian(record),
            BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(4)) / 1e3, timedOut, answered.WrittenCount > limits.AnswerBytes, complaints.WrittenMemory,
            BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(12)) / 1024.0);
    }

    /// <summary>Throws away requests that a child left unread, so that no other child meets them.</summary>
    public void ForgetRequests()
    {
        Span<byte> scrap = stackalloc byte[1 << 12];
        Span<LinuxCalls.PollDescriptor> waiting = [new(requestsRead, LinuxCalls.PollIn)];
        while (LinuxCalls.Poll(waiting, 0) > 0 && LinuxCalls.Read(requestsRead, scrap) > 0)
        {
        }
    }

    /// <summary>Kills the fork server, and with it its child.</summary>
    public void Dispose()
    {
        _ = LinuxCalls.close(jobs);
        if (child > 0)
            _ = LinuxCalls.kill(child, LinuxCalls.Kill);
        _ = LinuxCalls.kill(process, LinuxCalls.Kill);
        _ = LinuxCalls.waitpid(process, out _, 0);
        _ = LinuxCalls.close(answers);
        _ = LinuxCalls.close(control);
        _ = LinuxCalls.close(diagnostics);
        _ = LinuxCalls.close(requests);
        _ = LinuxCalls.close(requestsRead);
    }

    private bool ReadRecord()
    {
        Span<LinuxCalls.PollDescriptor> waiting = [new(control, LinuxCalls.PollIn)];
        if (LinuxCalls.Poll(waiting, 30_000) <= 0 || !LinuxCalls.ReadAll(control, record))
            return false;
        child = BinaryPrimitives.ReadInt32LittleEndian(record.AsSpan(20));
        children++;
        return child > 0;
    }

    /// <summary>Reads what is there; beyond the cap it is read and dropped. Returns how much there was.</summary>
    private static int Drain(int descriptor, ArrayBufferWriter<byte> into, int cap)
    {
        int total = 0;
        while (true)
        {
            Span<byte> span = into.GetSpan(1 << 14);
            int count = LinuxCalls.Read(descriptor, span);
            if (count <= 0)
                return total;
            total += count;
            if (into.WrittenCount <= cap)
                into.Advance(count);
            if (total > 1 << 24)
                return total;
        }
    }

    private JailException Broken(string what)
    {
        Drain(diagnostics, complaints, MostDiagnostics);
        string said = Encoding.UTF8.GetString(complaints.WrittenSpan).Trim();
        return new JailException($"the jail {what}{(said.Length > 0 ? ": " + said : "")}");
    }

    private static byte[] Setup(SandboxLevel level, SandboxOptions options, int index, IReadOnlyList<string>? toolchains)
    {
        Dictionary<string, TypedValue> values = new()
        {
            ["namespaces"] = new TypedValue.Bool(level == SandboxLevel.Full),
            ["filters"] = new TypedValue.Bool(level <= SandboxLevel.NoNamespaces),
            ["drop"] = new TypedValue.Bool(true),
            // Debian keeps 65000 to 65533 free; every jail is another user where the fork server starts as root.
            ["user"] = new TypedValue.Int(65_000 + index % 500),
            ["writing"] = new TypedValue.Int(toolchains is null ? 0 : PrivateMegabytes),
            ["running"] = new TypedValue.Bool(toolchains is not null),
            ["readable"] = new TypedValue.List([.. (toolchains ?? []).Select(folder => new TypedValue.Str(folder))]),
            ["executable"] = new TypedValue.List([]),
            ["stack"] = new TypedValue.Int(64 << 20),
            ["files"] = new TypedValue.Int(toolchains is null ? 64 : 1024),
            ["threads"] = new TypedValue.Int(options.Threads + 2),
            ["sample"] = new TypedValue.Str(Script("sample")),
            ["calls"] = PythonLiteral.Parse("[(([3, -1, 8], 'Some text here a b'), {}), (([], ''), {'scale': 2.0})]"),
        };
        ArrayBufferWriter<byte> buffer = new();
        buffer.Advance(buffer.GetSpan(4)[..4].Length);
        MarshalWriter writer = new(buffer);
        writer.Tuple(2);
        writer.List(Modules.Length);
        foreach (string module in Modules)
        {
            writer.Tuple(2);
            writer.Text(module);
            writer.Text(Script(module));
        }
        writer.Value(new TypedValue.Dict([.. values.Select(value =>
            KeyValuePair.Create<TypedValue, TypedValue>(new TypedValue.Str(value.Key), value.Value))]));
        byte[] setup = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(setup, setup.Length - 4);
        return setup;
    }

    /// <summary>One of the embedded Python files.</summary>
    public static string Script(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Plum.Sandboxes.Python.{name}.py")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>A jail broke. Caught by the supervisor, which starts another and tries the job again.</summary>
/// <param name="message">What broke.</param>
internal sealed class JailException(string message) : Exception(message);
