using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Plum.Cli.Verbs;
using Plum.Text;

namespace Plum.Cli;

/// <summary>All verbs, and what is said where a command line is not one.</summary>
internal static class CommandLine
{
    // Not a RootCommand: that one calls itself by the assembly's name.
    public static Command Create() => new("plum", "Plum improves code language models with execution-judged preference learning.")
    {
        new HelpOption(),
        new VersionOption(),
        RunVerb.Create(),
        InstructionsVerb.Create(),
        SuitesVerb.Create(),
        SampleVerb.Create(),
        VerifyVerb.Create(),
        PairVerb.Create(),
        ExportVerb.Create(),
        TrainVerb.Create(),
        EvalVerb.Create(),
        ServeVerb.Create(),
        SftVerb.Create(),
        ReportVerb.Create(),
        CompareVerb.Create(),
        DoctorVerb.Create(),
        ModelVerb.Create(),
    };

    /// <summary>Says what is wrong with a command line.</summary>
    /// <returns>The exit code.</returns>
    public static int Complain(ParseResult parsed)
    {
        Console.Error.WriteLine($"plum: {Fault(parsed)}");
        Console.Error.WriteLine($"plum: see {Path(parsed.CommandResult)} --help");
        return Failures.BadInput;
    }

    private static string Fault(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string[] verbs = [.. command.Subcommands.Select(verb => verb.Name)];
        // What begins like a flag was taken for the argument where the verb has one.
        if (parsed.UnmatchedTokens.Concat(parsed.CommandResult.Tokens.Select(token => token.Value)).FirstOrDefault(token => token.StartsWith('-')) is { } flag)
            return $"unknown flag {flag}{Meant(flag, command.Options.SelectMany(option => option.Aliases.Prepend(option.Name)))}";
        if (parsed.UnmatchedTokens is [var unknown, ..])
            return verbs.Length > 0 ? $"unknown verb '{unknown}'{Meant(unknown, verbs)}" : $"'{unknown}' is one argument too many";
        return verbs.Length > 0 ? $"name a verb: {string.Join(", ", verbs)}" : Plain(parsed.Errors[0]);
    }

    private static string Plain(ParseError error) => error is { SymbolResult: OptionResult { Option: var option, Tokens: [var token, ..] } } && error.Message.StartsWith("Cannot parse", StringComparison.Ordinal)
        ? $"{option.Name} {token.Value}: it takes {Wanted(Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType)}"
        : error.Message.TrimEnd('.');

    private static string Wanted(Type type) => type switch
    {
        { IsEnum: true } => string.Join(" or ", Enum.GetNames(type).Select(name => name.ToLowerInvariant())),
        _ when type == typeof(DateOnly) => "a day such as 2024-08-31",
        _ when type == typeof(double) => "a number",
        _ => "a whole number",
    };

    private static string Meant(string word, IEnumerable<string> known) => Spelling.Closest(word, known) is { } meant ? $": did you mean {meant}?" : "";

    private static string Path(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : result.Command.Name;
}
