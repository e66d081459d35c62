using System.Runtime.InteropServices;

namespace Plum.Text;

/// <summary>Turns what the operating system says about a file into a sentence that names the file and the remedy.</summary>
public static class DiskFailure
{
    // errno of Linux and macOS; .NET puts it in HResult for those that have no exception type of their own.
    private const int FileTooBig = 27;
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int QuotaLinux = 122;
    private const int QuotaMac = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    // Unless it is caught, the system ends a process that writes past its size limit before it can see an error.
    private static readonly PosixSignalRegistration? SizeLimitSignal = OperatingSystem.IsWindows()
        ? null
        : PosixSignalRegistration.Create((PosixSignal)25, context => context.Cancel = true);

    /// <summary>The error to show the user, or null where <paramref name="failure"/> is not about the disk.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="path">The file that was being written.</param>
    public static InputException? Explain(Exception failure, string path) => failure switch
    {
        // .NET reports EFBIG, the size limit of a process (ulimit -f), as an argument out of range.
        ArgumentOutOfRangeException { ParamName: "value" } or IOException { HResult: FileTooBig } =>
            new($"{path}: the file grew past the size limit of this process or file system: raise the limit (ulimit -f), or choose another place with --out", failure),
        IOException { HResult: NoSpace or WindowsDiskFull } =>
            new($"{path}: the disk is full: free some space and start again, what is complete is kept; or choose another place with --out", failure),
        IOException { HResult: QuotaLinux or QuotaMac } =>
            new($"{path}: your disk quota is used up: free some space and start again, what is complete is kept", failure),
        IOException { HResult: ReadOnlyFileSystem } =>
            new($"{path}: the file system is read-only: choose another place with --out", failure),
        UnauthorizedAccessException =>
            new($"{path}: no permission to write (or a folder has this name): change its permissions, or choose another place with --out", failure),
        DirectoryNotFoundException or PathTooLongException =>
            new($"{path}: not a usable path: {failure.Message}", failure),
        IOException => new($"{path}: cannot be written: {failure.Message}", failure),
        _ => null,
    };

    /// <summary>Before a file is written: makes its folder, and sees to it that the size limit gives an error.</summary>
    /// <param name="path">A file's name.</param>
    public static void Prepare(string path)
    {
        GC.KeepAlive(SizeLimitSignal);
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
    }
}
