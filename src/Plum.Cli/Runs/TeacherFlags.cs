using System.CommandLine;
using Plum.Rounds;

namespace Plum.Cli.Runs;

/// <summary>The flags that choose a teacher and what it may cost, over the recipe's.</summary>
internal sealed class TeacherFlags
{
    private readonly Option<string?> teacher = new("--teacher") { Description = "The teacher: a checkpoint folder, self, or the URL of an endpoint that speaks OpenAI's API. The recipe's where left out.", HelpName = "DIR|self|URL" };
    private readonly Option<string?> model = new("--teacher-model") { Description = "What the endpoint calls its model.", HelpName = "NAME" };
    private readonly Option<string?> record = new("--teacher-record") { Description = "Where everything asked and answered is kept and replayed from; teacher.jsonl beside the suites for endpoints, where left out.", HelpName = "FILE" };
    private readonly Option<bool> replay = new("--replay-only") { Description = "Take answers from the record alone; one that is not there is an error." };
    private readonly Option<bool> again = new("--ask-failed-again") { Description = "Ask again where the teacher failed, and build the suites behind the first such instruction anew." };
    private readonly Option<long?> tokens = Flags.AtLeast(new Option<long?>("--budget-tokens") { Description = "The most tokens to spend on teachers, earlier starts included.", HelpName = "N" }, 1);
    private readonly Option<double?> money = Flags.AtLeast(new Option<double?>("--budget-money") { Description = "The most money to spend, by the recipe's prices.", HelpName = "X" }, 0);

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[teacher, model, record, replay, again, tokens, money]) command.Options.Add(option);
    }

    public bool AskFailedAgain(ParseResult parsed) => parsed.GetValue(again);

    /// <summary>The recipe with what the flags say.</summary>
    /// <exception cref="InputException">They contradict each other.</exception>
    public RunOptions Read(ParseResult parsed, RunOptions options)
    {
        if (parsed.GetValue(teacher) is { } named)
        {
            bool endpoint = named.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || named.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
            if (endpoint != parsed.GetValue(model) is not null)
                throw new InputException(endpoint ? $"--teacher {named}: say what the endpoint calls its model: --teacher-model NAME" : "--teacher-model names a model of an endpoint: give its URL with --teacher");
            options = endpoint
                ? options with { Teacher = null, Teachers = [new(Endpoint: new(named, parsed.GetValue(model)!))] }
                : options with { Teacher = named, Teachers = null };
        }
        else if (parsed.GetValue(model) is not null)
        {
            throw new InputException("--teacher-model names a model of an endpoint: give its URL with --teacher");
        }

        if (parsed.GetValue(record) is { } file) options = options with { TeacherRecord = new(file) };
        if (parsed.GetValue(replay)) options = options with { TeacherRecord = (options.TeacherRecord ?? new()) with { ReplayOnly = true } };
        if (parsed.GetValue(tokens) is not null || parsed.GetValue(money) is not null)
            options = options with { TeacherBudget = new(parsed.GetValue(tokens) ?? 0, parsed.GetValue(money) ?? 0) };
        return options;
    }
}
