using System.Reflection;

namespace Plum.Suites;

/// <summary>The Python files that the jail runs on a reference's text: programs like any other to the sandbox.</summary>
internal static class PythonScript
{
    /// <summary>Makes mutants of a program.</summary>
    public static string Mutants { get; } = Read("mutants");

    /// <summary>Measures what calls reach of a program.</summary>
    public static string Coverage { get; } = Read("coverage");

    private static string Read(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Plum.Suites.Python.{name}.py")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
