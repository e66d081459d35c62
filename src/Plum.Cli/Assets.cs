namespace Plum.Cli;

/// <summary>What ships beside the program: the embedded default's models, instructions and recipe.</summary>
internal static class Assets
{
    /// <summary>The folder that <c>plum:</c> stands for.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "assets");

    /// <summary>The recipe that runs where none is named.</summary>
    public static string DefaultRecipe { get; } = Path.Combine(AppContext.BaseDirectory, "recipes", "default.json");
}
