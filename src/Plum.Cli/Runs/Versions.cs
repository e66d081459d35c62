using System.Diagnostics;
using System.Reflection;
using Plum.Sandboxes;
using Plum.Torch;

namespace Plum.Cli.Runs;

/// <summary>The versions that a result depends on.</summary>
/// <param name="Plum">Plum's own.</param>
/// <param name="Dotnet">The runtime's.</param>
/// <param name="Torchsharp">The binding's.</param>
/// <param name="Libtorch">The native library's.</param>
/// <param name="Python">The interpreter's that programs run in.</param>
/// <param name="LibtorchFolder">Where the native library lies, if <c>PLUM_LIBTORCH</c> named it; null for the one that was built in.</param>
internal sealed record Versions(string Plum, string Dotnet, string Torchsharp, string Libtorch, string Python, string? LibtorchFolder = null)
{
    /// <summary>Asks everything for its version.</summary>
    /// <exception cref="InputException">libtorch does not load, or there is no Python.</exception>
    public static Versions Here()
    {
        Libtorch libtorch = TorchRuntime.Load();
        return new(Own, Environment.Version.ToString(), TorchRuntime.Binding, libtorch.Version, PythonVersion(PythonInterpreter.Resolve()), libtorch.Folder);
    }

    public static string Own { get; } =
        typeof(Versions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>An interpreter's version.</summary>
    public static string PythonVersion(string interpreter)
    {
        ProcessStartInfo start = new(interpreter) { RedirectStandardOutput = true, ArgumentList = { "-I", "-S", "-c", "import sys; print('.'.join(map(str, sys.version_info[:3])))" } };
        using Process process = Process.Start(start)!;
        string version = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return version;
    }
}
