using System.CommandLine;

namespace Plum.Cli;

/// <summary>Flags that several verbs have.</summary>
internal static class Flags
{
    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object with the figures as the last line of stdout." };

    public static Option<int?> Workers() => AtLeast(new Option<int?>("--workers")
    {
        Description = "Threads for sampling and training, and jails; one a processor where left out.",
        HelpName = "N",
    }, 1);

    public static Option<string?> Device() => new("--device") { Description = "What computes: cpu, cuda or cuda:N; the recipe's, or cpu, where left out.", HelpName = "DEVICE" };

    public static Option<bool> Unsafe() => new("--unsafe") { Description = "Run programs with limits only where the machine offers no isolation. A hostile program can then do what you can." };

    public static Option<ulong?> Seed() => new("--seed") { Description = "Keys every draw; over the recipe's own.", HelpName = "N" };

    public static Option<string[]> Set() => new("--set") { Description = "A setting over the recipe's: training.beta=0.2. Can be given again.", HelpName = "KEY=VALUE", DefaultValueFactory = _ => [] };

    public static Option<string?> Adapter() => new("--adapter") { Description = "A LoRA adapter's folder, as PEFT writes it, to add to the policy's weights.", HelpName = "DIR" };

    public static Option<T> Required<T>(string name, string help, string description) => new(name) { Description = description, HelpName = help, Required = true };

    /// <summary>An argument that names a file or a folder; what begins like a flag is a misspelt flag.</summary>
    public static Argument<T> Path<T>(string name, string description, ArgumentArity arity)
    {
        Argument<T> argument = new(name) { Description = description, Arity = arity };
        argument.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.StartsWith('-'))) result.AddError("unknown flag");
        });
        return argument;
    }

    /// <summary>Refuses numbers that are too small.</summary>
    public static Option<T> AtLeast<T>(Option<T> option, double least)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && double.TryParse(token.Value, System.Globalization.CultureInfo.InvariantCulture, out double value) && value < least)
                result.AddError($"{option.Name} {token.Value}: it has to be at least {least:R}");
        });
        return option;
    }
}
