using System.CommandLine;
using Plum.Rounds;

namespace Plum.Cli.Runs;

/// <summary>The flags that choose a recipe.</summary>
internal sealed class ChosenRecipe
{
    private readonly Argument<string?> recipe = Flags.Path<string?>("RECIPE", "A recipe file; the embedded default where left out.", ArgumentArity.ZeroOrOne);
    private readonly Option<ulong?> seed = Flags.Seed();
    private readonly Option<string[]> set = Flags.Set();

    public void AddTo(Command command)
    {
        command.Arguments.Add(recipe);
        command.Options.Add(seed);
        command.Options.Add(set);
    }

    /// <summary>The recipe's name: its file's, without the ending.</summary>
    public string Name(ParseResult parsed) => Path.GetFileNameWithoutExtension(File(parsed));

    /// <summary>Reads the recipe with the settings on top of it.</summary>
    /// <exception cref="InputException">It cannot be used.</exception>
    public RunOptions Read(ParseResult parsed) => RecipeFile.Read(
        File(parsed), [.. parsed.GetValue(set) ?? [], .. parsed.GetValue(seed) is { } given ? [$"seed={given}"] : Array.Empty<string>()]);

    private string File(ParseResult parsed) => parsed.GetValue(recipe) ?? Assets.DefaultRecipe;
}
