using System.Text.RegularExpressions;
using Xunit;

namespace Plum.Tests;

/// <summary>Data flows one way: a stage knows the root, Text, the seams and the stages before it; nothing knows Rounds.</summary>
public sealed partial class LayeringTest
{
    private static readonly string[] Seams = ["Text", "Models", "Sandboxes"];
    private static readonly string[] Stages = ["Instructions", "Suites", "Candidates", "Verdicts", "Preferences", "Evaluation", "Clusters", "Rounds"];

    private static readonly string Library = Path.Combine(Repository.Root, "src", "Plum");

    private static IEnumerable<(string Folder, string File, string Text)> Sources() =>
        from file in Directory.EnumerateFiles(Library, "*.cs", SearchOption.AllDirectories)
        let parts = Path.GetRelativePath(Library, file).Split(Path.DirectorySeparatorChar)
        where parts[0] is not ("obj" or "bin")
        select (parts.Length > 1 ? parts[0] : "", string.Join('/', parts), File.ReadAllText(file));

    private static IEnumerable<string> Known(string folder) => folder switch
    {
        "" or "Text" => [],
        "Models" or "Sandboxes" => ["Text"],
        _ => [.. Seams, .. Stages.TakeWhile(stage => stage != folder)],
    };

    [Fact]
    public void AFolderKnowsOnlyWhatComesBeforeIt()
    {
        List<string> wrong = [];
        foreach ((string folder, string file, string text) in Sources())
        {
            string[] known = [.. Known(folder), folder];
            wrong.AddRange(Mention().Matches(text)
                .Select(match => match.Groups[1].Value)
                .Where(name => Seams.Concat(Stages).Contains(name) && !known.Contains(name))
                .Distinct()
                .Select(name => $"{file} knows {name}"));
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void EveryFolderHasItsPlace() =>
        Assert.Empty(Sources().Select(source => source.Folder).Where(folder => folder.Length > 0).Distinct().Except([.. Seams, .. Stages]));

    [Fact]
    public void ANamespaceIsItsFolder() =>
        Assert.Empty(Sources().Where(source => !source.Text.Contains($"namespace {string.Join('.', source.File.Split('/')[..^1].Prepend("Plum"))};", StringComparison.Ordinal))
            .Select(source => source.File));

    [Fact]
    public void TheLibraryHasNoTensorsNoClockAndNoThreadsOfItsOwn() =>
        Assert.Empty(Sources().SelectMany(source => Banned().Matches(source.Text).Select(match => $"{source.File}: {match.Value}")));

    [GeneratedRegex(@"\bPlum\.(\w+)")]
    private static partial Regex Mention();

    [GeneratedRegex(@"\b(?:TorchSharp|DateTime\.(?:Now|UtcNow|Today)|DateTimeOffset\.(?:Now|UtcNow)|Task\.Run\(|async void|Thread\.Sleep|new Random\(|Random\.Shared|Guid\.NewGuid)")]
    private static partial Regex Banned();
}
