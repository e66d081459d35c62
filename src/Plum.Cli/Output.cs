using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Plum.Cli;

/// <summary>What a verb says at its end: figures as one line of JSON for programs, or something for people to look at.</summary>
internal static class Output
{
    /// <summary>Says it on stdout, where nothing else goes.</summary>
    /// <param name="json">Whether <c>--json</c> was given.</param>
    /// <param name="figures">The figures.</param>
    /// <param name="people">Prints them for people.</param>
    public static void Say<T>(bool json, T figures, Action<IAnsiConsole> people)
    {
        if (json)
            System.Console.Out.WriteLine(JsonSerializer.Serialize(figures, PlumJson.Lines));
        else
            people(Console());
    }

    private static IAnsiConsole Console()
    {
        IAnsiConsole console = AnsiConsole.Console;
        // In a file or a pipe nothing is to be broken at the 80 columns of a terminal that is not there.
        if (System.Console.IsOutputRedirected) console.Profile.Width = 200;
        return console;
    }

    /// <summary>Figures with where their files are in front.</summary>
    public static JsonObject With<T>(string folder, T figures)
    {
        JsonObject whole = new() { ["out"] = folder };
        foreach ((string key, JsonNode? value) in JsonSerializer.SerializeToNode(figures, PlumJson.Lines)!.AsObject())
            whole[key] = value?.DeepClone();
        return whole;
    }
}
