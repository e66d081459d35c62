using System.Reflection;

namespace Plum.Tests.Sandboxes;

/// <summary>The programs of attacks.py: f(1) has to be 2 and f(5) has to be 6, and none of them may get there.</summary>
internal static class Attacks
{
    public const string Right = "def f(x):\n    return x + 1  # right control\n";

    public static IReadOnlyDictionary<string, string> All { get; } = Read();

    private static Dictionary<string, string> Read()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("attacks.py")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().Split("#: ", StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('\n', 2))
            .ToDictionary(part => part[0].Trim(), part => part[1].Replace("\"\\0\"", "\0", StringComparison.Ordinal));
    }
}
