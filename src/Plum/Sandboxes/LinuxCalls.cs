using System.Runtime.InteropServices;

namespace Plum.Sandboxes;

/// <summary>The C library's functions that a jail is driven with. A call per job has to be cheap, so no streams.</summary>
internal static unsafe partial class LinuxCalls
{
    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;
    public const short PollIn = 1;
    public const short PollBroken = 8 | 16 | 32;
    public const int Kill = 9;
    public const int Interrupted = 4;
    public const int TryAgain = 11;

    /// <summary>Starts a process with exactly the given descriptors, at the places 0, 1, 2...</summary>
    /// <returns>Its process id.</returns>
    /// <exception cref="InputException">It cannot be started.</exception>
    public static int Spawn(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, ReadOnlySpan<int> descriptors)
    {
        // Larger than any C library's posix_spawn_file_actions_t.
        byte* actions = stackalloc byte[512];
        Succeed(posix_spawn_file_actions_init(actions));
        try
        {
            for (int place = 0; place < descriptors.Length; place++)
                Succeed(posix_spawn_file_actions_adddup2(actions, descriptors[place], place));
            int error = posix_spawn(out int pid, path, actions, null, [.. arguments, null], [.. environment, null]);
            return error == 0 ? pid : throw new InputException($"{path} cannot be started: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
        finally
        {
            Succeed(posix_spawn_file_actions_destroy(actions));
        }
    }

    /// <summary>A pipe whose ends lie above the places that a spawned process uses, closed on exec.</summary>
    public static (int Read, int Write) Pipe()
    {
        int* ends = stackalloc int[2];
        Check(pipe2(ends, CloseOnExec), "pipe");
        return (Raise(ends[0]), Raise(ends[1]));
    }

    /// <summary>Opens a file, above the places that a spawned process uses.</summary>
    public static int Open(string path, int flags) => Raise(Check(open(path, flags | CloseOnExec, 0), path));

    /// <summary>Makes reads from a descriptor return at once.</summary>
    public static void SetNonBlocking(int descriptor) => Check(fcntl(descriptor, 4, NonBlocking), "fcntl");

    /// <summary>How many bytes written to a pipe nobody has read yet.</summary>
    public static int Unread(int descriptor)
    {
        const int bytesToRead = 0x541B;
        int count;
        Check(ioctl(descriptor, bytesToRead, &count), "ioctl");
        return count;
    }

    /// <summary>CPU time of a process, all its threads, in ms; negative where it is gone.</summary>
    public static double CpuMilliseconds(int pid)
    {
        long* time = stackalloc long[2];
        return clock_gettime((~pid << 3) | 2, time) == 0 ? time[0] * 1e3 + time[1] / 1e6 : -1;
    }

    /// <summary>All of it, or false where the other side is gone or, where writes do not block, takes nothing for too long.</summary>
    /// <param name="descriptor">Where to.</param>
    /// <param name="bytes">What.</param>
    /// <param name="patience">How long to wait for room, in ms.</param>
    public static bool WriteAll(int descriptor, ReadOnlySpan<byte> bytes, int patience = 0)
    {
        fixed (byte* start = bytes)
        {
            nint done = 0;
            while (done < bytes.Length)
            {
                nint written = write(descriptor, start + done, bytes.Length - done);
                if (written > 0)
                {
                    done += written;
                    continue;
                }
                int error = Marshal.GetLastPInvokeError();
                Span<PollDescriptor> room = [new(descriptor, 4)];
                if (error != Interrupted && !(error == TryAgain && Poll(room, patience) > 0))
                    return false;
            }
        }
        return true;
    }

    /// <summary>Some bytes; 0 at the end, negative where there are none now.</summary>
    public static int Read(int descriptor, Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            nint count;
            while ((count = read(descriptor, start, bytes.Length)) < 0 && Marshal.GetLastPInvokeError() == Interrupted)
            {
            }
            return (int)count;
        }
    }

    /// <summary>Exactly that many bytes, or false at the end.</summary>
    public static bool ReadAll(int descriptor, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = Read(descriptor, bytes);
            if (count <= 0)
                return false;
            bytes = bytes[count..];
        }
        return true;
    }

    /// <summary>Waits for events; 0 after the time.</summary>
    public static int Poll(Span<PollDescriptor> descriptors, int milliseconds)
    {
        fixed (PollDescriptor* start = descriptors)
            return poll(start, (nuint)descriptors.Length, milliseconds);
    }

    private static int Raise(int descriptor)
    {
        const int duplicateAbove = 1030;
        int raised = Check(fcntl(descriptor, duplicateAbove, 64), "fcntl");
        close(descriptor);
        return raised;
    }

    private static void Succeed(int error)
    {
        if (error != 0)
            throw new IOException($"posix_spawn: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    private static int Check(int result, string what) => result >= 0 ? result
        : throw new IOException($"{what}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int waitpid(int pid, out int status, int options);

    [LibraryImport("libc")]
    public static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int descriptor, nuint request, int* value);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int clock_gettime(int clock, long* time);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, byte* buffer, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, byte* buffer, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollDescriptor* descriptors, nuint count, int milliseconds);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn(out int pid, string path, byte* actions, byte* attributes, string?[] arguments, string?[] environment);

    /// <summary>struct pollfd.</summary>
    public record struct PollDescriptor(int Descriptor, short Events, short Returned = 0);
}
