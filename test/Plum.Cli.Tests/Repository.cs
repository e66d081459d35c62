namespace Plum.Cli.Tests;

/// <summary>Where the tests find what is not in their own folder.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution, above the test's binary.</summary>
    public static string Root { get; } = FindRoot();

    public static string File(string path) => Path.Combine(Root, path);

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "Plum.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run from below the solution's folder.");
    }
}
