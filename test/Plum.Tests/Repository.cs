namespace Plum.Tests;

/// <summary>Where the tests find what is not in their own folder.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution, above the test's binary.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file of the shared oracles (<c>PLUM_ORACLES</c>, else <c>../shared/oracles</c>); the test is skipped where it is absent.</summary>
    public static string Oracle(string name)
    {
        string path = Path.Combine(Environment.GetEnvironmentVariable("PLUM_ORACLES") ?? Path.Combine(Root, "..", "shared", "oracles"), name);
        if (!File.Exists(path)) Xunit.Assert.Skip($"{path} is absent: set PLUM_ORACLES");
        return path;
    }

    /// <summary>A file of the public data (<c>PLUM_DATA</c>, else <c>../shared/data</c>); the test is skipped where it is absent.</summary>
    public static string Data(string name)
    {
        string path = Path.Combine(Environment.GetEnvironmentVariable("PLUM_DATA") ?? Path.Combine(Root, "..", "shared", "data"), name);
        if (!File.Exists(path)) Xunit.Assert.Skip($"{path} is absent: set PLUM_DATA");
        return path;
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Plum.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run from below the solution's folder.");
    }
}
