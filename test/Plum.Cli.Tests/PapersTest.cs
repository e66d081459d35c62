using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Plum.Cli.Tests;

/// <summary>The papers say what is so: commands that run, verbs that there are, files and packages that exist.</summary>
public sealed partial class PapersTest
{
    private static readonly string Readme = File.ReadAllText(Repository.File("README.md"));

    [Fact]
    public void TheTestsAreRunAsTheReadmeSays()
    {
        const string Command = "dotnet test --solution Plum.slnx -c Release";
        Assert.Contains($"    {Command}\n", Readme);
        Assert.Contains($"\n{Command} ", File.ReadAllText(Repository.File(".ci/run")));
    }

    [Fact]
    public void TheResultsAreMadeWithTheReadmesCommand()
    {
        const string Command = "dotnet run -c Release --project src/Plum.Cli --";
        Assert.Contains($"    {Command} run\n", Readme);
        Assert.Contains(Command, File.ReadAllText(Repository.File("tools/results.sh")));
        Assert.Single(ResultsMark().Matches(Readme));
    }

    [Fact]
    public async Task EveryVerbIsInTheReadmeAndEveryOneThereExists()
    {
        string help = (await PlumProcess.RunAsync(Repository.Root, "--help")).Output;
        string[] verbs = [.. help[help.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n').Skip(1).Select(line => line.Trim().Split(' ')[0]).Where(verb => verb.Length > 0)];
        string table = Readme[Readme.IndexOf("| verb | does |", StringComparison.Ordinal)..Readme.IndexOf("## Recipes", StringComparison.Ordinal)];
        IEnumerable<string> told = table.Split('\n').Skip(2).Where(line => line.StartsWith('|')).SelectMany(line => Verb().Matches(line.Split('|')[1])).Select(match => match.Groups[1].Value);
        Assert.Equal(verbs.Order(), told.Distinct().Order());
    }

    [Fact]
    public void EveryLinkLeadsToAFile()
    {
        foreach (string paper in (string[])["README.md", "CONTRIBUTING.md", "CHANGELOG.md", .. Directory.GetFiles(Repository.File("docs"), "*.md")])
        {
            string path = Repository.File(paper);
            foreach (Match link in Link().Matches(File.ReadAllText(path)))
                Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, link.Groups[1].Value)), $"{paper}: {link.Value}");
        }
    }

    [Fact]
    public void EveryPackageHasItsReason()
    {
        string reasons = File.ReadAllText(Repository.File("docs/dependencies.md"));
        foreach (XElement package in XDocument.Load(Repository.File("Directory.Packages.props")).Descendants("PackageVersion"))
            Assert.Contains($"| {package.Attribute("Include")!.Value} |", reasons);
    }

    [GeneratedRegex("<!-- results -->\n(?s:.+?)<!-- /results -->\n")]
    private static partial Regex ResultsMark();

    [GeneratedRegex("`(?:plum )?([a-z]+)")]
    private static partial Regex Verb();

    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)\)")]
    private static partial Regex Link();
}
