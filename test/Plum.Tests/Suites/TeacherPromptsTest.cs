using Plum.Suites;
using Xunit;

namespace Plum.Tests.Suites;

/// <summary>Prompts from the assembly and from folders.</summary>
public sealed class TeacherPromptsTest
{
    [Fact]
    public void AFolderReplacesWhatItHas()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["python"]);
        File.WriteAllText(Path.Combine(folder["python"], "edges.txt"), "What do {tests} miss?\n");
        TeacherPrompts own = TeacherPrompts.Load(folder["."]);
        Assert.Equal("What do {tests} miss?", own.Of("edges").Text);
        Assert.Equal(TeacherPrompts.Default.Of("inputs").Text, own.Of("inputs").Text);
        SuiteOptions all = new(Modes: SuiteModes.All);
        IReadOnlyDictionary<string, string> versions = own.VersionsOf(all), others = TeacherPrompts.Default.VersionsOf(all);
        Assert.Equal(["python/edges", "python/inputs", "python/killers", "python/properties", "python/reference", "python/tests"], versions.Keys);
        Assert.Equal(["python/edges"], versions.Where(one => one.Value != others[one.Key]).Select(one => one.Key));
        // An own text has no JSON form but its own.
        Assert.Null(own.Structured("edges"));
        Assert.Equal(["python/inputs.json", "python/killers.json", "python/tests.json"], own.VersionsOf(all, structured: true).Keys.Except(versions.Keys));
        // What is not asked does not matter.
        Assert.Equal(["python/inputs", "python/reference"], own.VersionsOf(new()).Keys);
    }

    [Fact]
    public void TheSeedTeacherIsAskedBriefly()
    {
        Assert.Equal("{instruction}", TeacherPrompts.Seed.Of("reference").Text);
        Assert.Null(TeacherPrompts.Seed.Structured("inputs"));
        Assert.Equal("Test inputs: {instruction}", TeacherPrompts.Seed.Of("inputs").Text);
        Assert.Equal(TeacherPrompts.Default.Of("tests").Text, TeacherPrompts.Seed.Of("tests").Text);
    }

    [Fact]
    public void ALanguageHasItsOwn()
    {
        TeacherPrompts prompts = TeacherPrompts.Load("default", "javascript");
        Assert.Equal(["javascript/tests"], prompts.VersionsOf(new(Modes: ["paper"])).Keys);
        Assert.Contains("assert.deepStrictEqual({entry_point}(...), ...);", prompts.Of("tests").Text);
        Assert.Contains("there is no javascript/inputs.txt", Assert.Throws<InputException>(() => prompts.Of("inputs")).Message);
        Assert.Contains("there is no rust/tests.txt", Assert.Throws<InputException>(() => TeacherPrompts.Load("default", "rust").Of("tests")).Message);
    }

    [Fact]
    public void AFolderThatDoesNotFitIsTheUsersError()
    {
        using TemporaryFolder folder = new();
        Assert.Contains("there is no folder", Assert.Throws<InputException>(() => TeacherPrompts.Load(folder["."])).Message);
        Directory.CreateDirectory(folder["python"]);
        Assert.Contains("holds no prompts", Assert.Throws<InputException>(() => TeacherPrompts.Load(folder["."])).Message);
        string input = Path.Combine(folder["python"], "input.txt");
        File.WriteAllText(input, "{instruction}");
        Assert.Contains("did you mean inputs.txt?", Assert.Throws<InputException>(() => TeacherPrompts.Load(folder["."])).Message);
        File.Move(input, Path.Combine(folder["python"], "inputs.txt"));
        File.WriteAllText(Path.Combine(folder["python"], "inputs.txt"), "One line.\nAnd {tests}.");
        Assert.Contains("inputs.txt, line 2: there is no slot {tests}", Assert.Throws<InputException>(() => TeacherPrompts.Load(folder["."])).Message);
    }
}
