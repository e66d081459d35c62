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
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        void Row(string name, FormattableString text) => grid.AddRow(name, Markup.Escape(text.ToString(CultureInfo.InvariantCulture)));
        Row("method", $"{options.Method}, beta {options.Beta:R}, alpha {options.Alpha:R}");
        if (plan.DesirableWeight is { } desirable) Row("label weights", $"{desirable:F3} true, {plan.UndesirableWeight:F3} false");
        Row("data", $"{plan.Prompts:N0} prompts, {plan.Pairs:N0} pairs, {plan.Completions:N0} completions of {plan.CompletionTokens:N0} tokens; {plan.HeldOutPrompts:N0} prompts held out");
        Row("steps", $"{plan.Steps:N0} of {Math.Min(options.PromptsPerStep, plan.Prompts):N0} prompts, {plan.MicroBatches:F1} micro-batches each, at most {plan.MicroBatchTokens:N0} tokens at once");
        Row("computed", $"{plan.ComputedTokens:N0} tokens a pass over the data; {plan.PaddedTokens:N0} without shared beginnings, padding not counted");
        Row("trained", $"{plan.TrainedParameters:N0} weights{(options.Lora is { } lora ? $", low-rank updates of rank {lora.Rank} on {lora.Targets}" : "")}, products in {options.Precision}");
        Row("memory", $"about {Size(plan.Memory.Total)}: weights {Size(plan.Memory.Weights)}, gradients and moments {Size(plan.Memory.State)}, activations {Size(plan.Memory.Activations)}, logits {Size(plan.Memory.Logits)}");
        Row("saved", $"{(options.SaveEvery > 0 ? $"a state every {options.SaveEvery:N0} steps, the last {options.KeepSaved:N0} stay" : "no states: a killed training begins anew")}");
        console.Write(grid);
    }

    private static string Size(long bytes) => bytes >= 1L << 30 ? FormattableString.Invariant($"{bytes / (double)(1 << 30):F1} GiB") : FormattableString.Invariant($"{bytes / (double)(1 << 20):F1} MiB");
}
