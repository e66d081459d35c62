using System.Collections.Concurrent;
using System.Diagnostics;

namespace Plum.Sandboxes;

/// <summary>Finds the real Python: what stands on PATH may be a version manager's shim, a hundred times slower to start.</summary>
public static class PythonInterpreter
{
    private const string Remedy = "Install Python 3.9 or later (Debian, Ubuntu: apt install python3), or name one that is installed.";
    private static readonly ConcurrentDictionary<string, string> Resolved = new();

    /// <summary>The path of the interpreter itself, asked from it once.</summary>
    /// <param name="name">A path or a name on PATH; null for <c>python3</c>.</param>
    /// <exception cref="InputException">There is none, or it is older than 3.9; the message names the remedy.</exception>
    public static string Resolve(string? name = null) => Resolved.GetOrAdd(name ?? "python3", Ask);

    private static string Ask(string name)
    {
        ProcessStartInfo start = new(name)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            ArgumentList = { "-I", "-S", "-c", "import sys; print(sys.executable); print('%d %d' % sys.version_info[:2])" },
        };
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            string[] lines = process.StandardOutput.ReadToEnd().Split('\n');
            process.WaitForExit();
            if (process.ExitCode != 0 || lines.Length < 2 || lines[0].Length == 0)
                throw new InputException($"'{name}' did not say which Python it is. {Remedy}");
            int[] version = [.. lines[1].Split(' ').Select(int.Parse)];
            if (version[0] != 3 || version[1] < 9)
                throw new InputException($"'{name}' is Python {version[0]}.{version[1]}, which is too old. {Remedy}");
            return lines[0];
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InputException($"There is no '{name}' to run programs with. {Remedy}", exception);
        }
    }
}
