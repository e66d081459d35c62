using System.Runtime.CompilerServices;
using System.Text.Json;
using Xunit;

namespace Plum.Torch.Tests;

/// <summary>
/// Finds answers of other people's code: the folder named by PLUM_ORACLES, else shared/oracles beside the repository.
/// A test that finds no case of its kind is skipped, visibly.
/// </summary>
internal static class Oracles
{
    /// <summary>The folder of oracles; null where there is none.</summary>
    public static string? Root { get; } = Find();

    /// <summary>A file or folder of the oracles; skips the test where it is absent.</summary>
    public static string Path(string relative)
    {
        string path = System.IO.Path.Combine(Root ?? "", relative);
        if (Root is null || !(File.Exists(path) || Directory.Exists(path)))
            Assert.Skip($"No oracle {relative}: set PLUM_ORACLES to the folder that holds it.");
        return path;
    }

    /// <summary>The folders matching e.g. <c>models/*</c>, by their name alone; empty where there are none (the theory then needs <see cref="None"/>).</summary>
    public static IEnumerable<string> Folders(string kind)
    {
        string folder = System.IO.Path.Combine(Root ?? "", kind);
        return Root is null || !Directory.Exists(folder) ? [] : Directory.EnumerateDirectories(folder).Select(path => System.IO.Path.GetFileName(path)).Order(StringComparer.Ordinal);
    }

    /// <summary>What a theory over oracles gets as its only case where there is none.</summary>
    public const string None = "(no oracles)";

    /// <summary>Theory data: every folder of a kind, or <see cref="None"/>, at which <see cref="Path"/> skips.</summary>
    public static TheoryData<string> Cases(string kind)
    {
        string[] names = [.. Folders(kind)];
        return new TheoryData<string>(names.Length == 0 ? [None] : names);
    }

    /// <summary>A JSON file of the oracles; skips the test where it is absent.</summary>
    public static JsonElement Json(string relative)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path(relative)));
        return document.RootElement.Clone();
    }

    private static string? Find([CallerFilePath] string here = "")
    {
        if (Environment.GetEnvironmentVariable("PLUM_ORACLES") is { Length: > 0 } told) return Directory.Exists(told) ? told : null;
        string beside = System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "../../../shared/oracles"));
        return Directory.Exists(beside) ? beside : null;
    }
}
