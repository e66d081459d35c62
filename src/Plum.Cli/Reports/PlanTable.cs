using System.Globalization;
using Plum.Rounds;
using Plum.Torch.Training;
using Spectre.Console;

namespace Plum.Cli.Reports;

/// <summary>What a training would do and take, for people.</summary>
internal static class PlanTable
{
    public static void Print(IAnsiConsole console, TrainingPlan plan)
    {
        TrainingOptions options = plan.Options;
        Grid grid = Empty();
        void Row(string name, FormattableString text) => Add(grid, name, text);
        Row("method", $"{options.Method}, beta {options.Beta:R}, alpha {options.Alpha:R}");
        if (plan.DesirableWeight is { } desirable) Row("label weights", $"{desirable:F3} true, {plan.UndesirableWeight:F3} false");
        Row("data", $"{plan.Prompts:N0} prompts, {plan.Pairs:N0} pairs, {plan.Completions:N0} completions of {plan.CompletionTokens:N0} tokens; {plan.HeldOutPrompts:N0} prompts held out");
        if (options.MaxLength > 0) Row("length", $"at most {options.MaxLength:N0} tokens: {plan.Shortened:N0} completions cut, {plan.TooLong:N0} left out");
        Row("steps", $"{plan.Steps:N0} of {Math.Min(options.PromptsPerStep, plan.Prompts):N0} prompts, {plan.MicroBatches:F1} micro-batches each, at most {plan.MicroBatchTokens:N0} tokens at once");
        Row("computed", $"{plan.ComputedTokens:N0} tokens a pass over the data; {plan.PaddedTokens:N0} without shared beginnings, padding not counted");
        Row("trained", $"{plan.TrainedParameters:N0} weights{(options.Lora is { } lora ? $", low-rank updates of rank {lora.Rank} on {lora.Targets}" : "")}, products in {options.Precision}");
        Row("memory", Memory(plan.Memory));
        Row("saved", $"{(options.SaveEvery > 0 ? $"a state every {options.SaveEvery:N0} steps, the last {options.KeepSaved:N0} stay{(options.KeepBest && plan.HeldOutPrompts > 0 ? " and the best" : "")}" : "no states: a killed training begins anew")}");
        console.Write(grid);
    }

    public static void Print(IAnsiConsole console, SupervisedPlan plan)
    {
        Grid grid = Empty();
        Add(grid, "data", $"{plan.Examples:N0} examples of {plan.CompletionTokens:N0} completion tokens; {plan.HeldOutExamples:N0} held out");
        Add(grid, "steps", $"{plan.Steps:N0}, {plan.MicroBatches:F1} micro-batches each, at most {plan.MicroBatchTokens:N0} tokens at once");
        Add(grid, "computed", $"{plan.ComputedTokens:N0} tokens a pass over the data");
        Add(grid, "trained", $"{plan.TrainedParameters:N0} weights");
        Add(grid, "memory", Memory(plan.Memory));
        console.Write(grid);
    }

    private static Grid Empty() => new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();

    private static void Add(Grid grid, string name, FormattableString text) => grid.AddRow(name, Markup.Escape(text.ToString(CultureInfo.InvariantCulture)));

    private static FormattableString Memory(MemoryEstimate memory) =>
        $"about {Size(memory.Total)}: weights {Size(memory.Weights)}, gradients and moments {Size(memory.State)}, activations {Size(memory.Activations)}, logits {Size(memory.Logits)}, the rest {Size(memory.Runtime)}";

    private static string Size(long bytes) => bytes >= 1L << 30 ? FormattableString.Invariant($"{bytes / (double)(1 << 30):F1} GiB") : FormattableString.Invariant($"{bytes / (double)(1 << 20):F1} MiB");
}
