namespace Plum.Sandboxes;

/// <summary>One language: how a program and its test become files, what builds and what runs them. A row, not a class a language.</summary>
/// <param name="Name">As <c>--language</c> names it.</param>
/// <param name="Tool">The command that has to be installed.</param>
/// <param name="Remedy">How to install it.</param>
/// <param name="Files">The files of a program: program text, test text and the word that is to be printed after the test and before each answer, to names and contents.</param>
/// <param name="Steps">Command lines, given the tool's path; the last one becomes the program.</param>
/// <param name="Asserts">How its tests assert.</param>
/// <param name="MemoryMegabytes">Data that the runtime needs by itself, added to the program's limit.</param>
/// <param name="Compiler">A compiler that stays for one program after another; null where none is worth it.</param>
public sealed record Language(
    string Name,
    string Tool,
    string Remedy,
    Func<string, string, string, IReadOnlyList<KeyValuePair<string, byte[]>>> Files,
    Func<string, IReadOnlyList<IReadOnlyList<string>>> Steps,
    AssertSyntax Asserts,
    int MemoryMegabytes = 0,
    StandingCompiler? Compiler = null)
{
    /// <summary>All rows besides Python, which has its own fork server.</summary>
    public static IReadOnlyList<Language> All { get; } = [Languages.CSharp.Row, Languages.JavaScript.Row, Languages.Go.Row, Languages.Cpp.Row, Languages.Rust.Row];

    /// <summary>The row of a name; null for Python, which needs none.</summary>
    /// <param name="name">As <c>--language</c> gives it.</param>
    /// <exception cref="InputException">There is no such row; the message lists them.</exception>
    public static Language? Of(string name) => "python".Equals(name, StringComparison.OrdinalIgnoreCase) ? null : Named(name);

    /// <summary>The row of a name.</summary>
    /// <param name="name">As <c>--language</c> gives it.</param>
    /// <exception cref="InputException">There is no such row; the message lists them.</exception>
    public static Language Named(string name) => All.FirstOrDefault(row => row.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new InputException($"There is no language '{name}'. Known: python, {string.Join(", ", All.Select(row => row.Name))}.");

    /// <summary>The tool's real path; null where it is not installed.</summary>
    public string? ToolPath => Toolchain.Find(Tool);

    /// <summary>Makes sure of the tool.</summary>
    /// <exception cref="InputException">It is missing; the message says how to install it.</exception>
    public void Require()
    {
        if (ToolPath is null)
            throw new InputException($"{Name} programs need '{Tool}', which is not on PATH. {Remedy}");
    }

    /// <summary>The folders of all toolchains that are installed, for the jail to show.</summary>
    internal static IReadOnlyList<string> Folders =>
        [.. All.Select(row => row.ToolPath).OfType<string>().Select(Toolchain.Home).Where(folder => !folder.StartsWith("/usr/bin", StringComparison.Ordinal)).Distinct()];
}

/// <summary>Finds tools: through links and through rustup's proxies, which cannot run in a jail.</summary>
internal static class Toolchain
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, string?> Found = new();

    public static string? Find(string tool) => Found.GetOrAdd(tool, Search);

    /// <summary>The folder that holds a tool's own files: two above <c>.../bin/tool</c>, or the tool's own.</summary>
    public static string Home(string path) =>
        Path.GetDirectoryName(path) is { } folder && Path.GetFileName(folder) == "bin" && folder != "/usr/bin" ? Path.GetDirectoryName(folder)! : Path.GetDirectoryName(path)!;

    private static string? Search(string tool)
    {
        string? path = (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':')
            .Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);
        if (path is null)
            return null;
        path = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        if (Path.GetFileName(path) != "rustup" && !path.Contains("/.cargo/bin/", StringComparison.Ordinal))
            return path;
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(tool, ["--print", "sysroot"]) { RedirectStandardOutput = true })!;
        string real = Path.Combine(process.StandardOutput.ReadToEnd().Trim(), "bin", tool);
        process.WaitForExit();
        return File.Exists(real) ? real : null;
    }
}
