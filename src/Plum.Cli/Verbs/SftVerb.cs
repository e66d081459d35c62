using System.CommandLine;
using System.Diagnostics;
using Plum.Cli.Reports;
using Plum.Cli.Runs;
using Plum.Cli.Watching;
using Plum.Rounds;
using Plum.Torch;
using Plum.Torch.Training;
using Spectre.Console;

namespace Plum.Cli.Verbs;

/// <summary><c>plum sft</c>: supervised fine-tuning on conversations, of a checkpoint or of a fresh model.</summary>
internal static class SftVerb
{
    public static Command Create()
    {
        Option<string> data = Flags.Required<string>("--data", "FILE", "JSON Lines or Parquet: {\"messages\": [...]}, or TRL's prompt and completion.");
        Option<string?> policy = new("--policy") { Description = "The checkpoint folder to start from.", HelpName = "DIR" };
        Option<string?> config = new("--config") { Description = "Instead: a folder with config.json and tokenizer files, for fresh weights.", HelpName = "DIR" };
        Option<string> to = Flags.Required<string>("--out", "DIR", "The checkpoint folder to write. Figures by step go to DIR.metrics.jsonl.");
        Option<double> epochs = Positive(new("--epochs") { Description = "Passes over the data.", HelpName = "E", DefaultValueFactory = _ => 1 });
        Option<int> batch = Flags.AtLeast(new Option<int>("--batch") { Description = "Examples of an optimizer step.", HelpName = "N", DefaultValueFactory = _ => 64 }, 1);
        Option<double> rate = Positive(new("--learning-rate") { Description = "AdamW's peak rate.", HelpName = "R", DefaultValueFactory = _ => 1e-4 });
        Option<int> warmup = Flags.AtLeast(new Option<int>("--warmup") { Description = "Steps over which the rate rises.", HelpName = "N", DefaultValueFactory = _ => 0 }, 0);
        Option<double> decay = Flags.AtLeast(new Option<double>("--weight-decay") { Description = "Decoupled decay of matrices.", HelpName = "W", DefaultValueFactory = _ => 0 }, 0);
        Option<string> schedule = new("--schedule") { Description = "How the rate goes after the warm-up; transformers' names.", HelpName = "NAME", DefaultValueFactory = _ => "linear" };
        Option<string> precision = new("--precision") { Description = "The type of matrix products: float32, bfloat16, or auto for what the machine does well.", HelpName = "TYPE", DefaultValueFactory = _ => "float32" };
        Option<int> rank = Flags.AtLeast(new Option<int>("--lora-rank") { Description = "Trains low-rank updates of this rank beside frozen weights; 0 trains all weights.", HelpName = "R", DefaultValueFactory = _ => 0 }, 0);
        Option<double> alpha = Positive(new("--lora-alpha") { Description = "The updates' scale is alpha over rank.", HelpName = "A", DefaultValueFactory = _ => 32 });
        Option<string> targets = new("--lora-targets") { Description = "Projections with updates: of q,k,v,o,gate,up,down, or all, or attention.", HelpName = "LIST", DefaultValueFactory = _ => "all" };
        Option<double> dropout = Flags.AtLeast(new Option<double>("--lora-dropout") { Description = "The share of an update's input that is dropped.", HelpName = "P", DefaultValueFactory = _ => 0 }, 0);
        Option<bool> stabilized = new("--rslora") { Description = "The scale is alpha over the root of the rank." };
        Option<int> tokens = Flags.AtLeast(new Option<int>("--micro-batch-tokens") { Description = "The most tokens that a worker computes at once; 0 for its share of the step.", HelpName = "N", DefaultValueFactory = _ => 0 }, 0);
        Option<bool> checkpoint = new("--checkpoint-activations") { Description = "Much less memory for a third more time." };
        Option<int> save = Flags.AtLeast(new Option<int>("--save-every") { Description = "Steps between saved states, from which a killed training goes on; 0 for none.", HelpName = "N", DefaultValueFactory = _ => 0 }, 0);
        Option<int> keep = Flags.AtLeast(new Option<int>("--keep-saved") { Description = "How many of the last saved states stay.", HelpName = "N", DefaultValueFactory = _ => 2 }, 1);
        Option<double> clip = Flags.AtLeast(new Option<double>("--clip-norm") { Description = "The largest gradient norm; 0 never clips.", HelpName = "N", DefaultValueFactory = _ => 1 }, 0);
        Option<double> held = Flags.AtLeast(new Option<double>("--held-out-share") { Description = "The share of examples that is watched: the weights that did best on them are the result.", HelpName = "S", DefaultValueFactory = _ => 0 }, 0);
        Option<int> every = Flags.AtLeast(new Option<int>("--evaluate-every") { Description = "Steps between looks at them.", HelpName = "N", DefaultValueFactory = _ => 20 }, 1);
        Option<int> patience = Flags.AtLeast(new Option<int>("--patience") { Description = "After how many looks without improvement training ends.", HelpName = "N", DefaultValueFactory = _ => 5 }, 1);
        Option<bool> board = new("--tensor-board") { Description = "Figures by step to TensorBoard event files in DIR.tensorboard too." };
        Option<bool> dry = new("--dry-run") { Description = "Print the batches and the memory that training would take, and train nothing." };
        Option<ulong?> seed = Flags.Seed();
        Option<int?> workers = Flags.Workers();
        Option<string?> device = Flags.Device();
        Option<bool> json = Flags.Json();
        Command command = new("sft", "Supervised fine-tuning on conversations, of a checkpoint folder or of a fresh model.")
        {
            data, policy, config, to, epochs, batch, rate, warmup, decay, schedule, precision,
            rank, alpha, targets, dropout, stabilized, tokens, checkpoint, save, keep, clip, held, every, patience, board, dry, seed, workers, device, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(policy) is null == result.GetValue(config) is null)
                result.AddError("give --policy DIR to go on from a checkpoint, or --config DIR to begin with fresh weights, and not both");
            else if (result.GetValue(held) >= 1)
                result.AddError("--held-out-share has to be below 1: nothing would be left to train on");
            else if (result.GetValue(rank) > 0 && result.GetValue(config) is not null)
                result.AddError("--lora-rank trains beside weights that were trained before: give --policy DIR");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            string output = Path.TrimEndingDirectorySeparator(Path.GetFullPath(parsed.GetRequiredValue(to)));
            if (parsed.GetValue(policy) is { } folder) Preflight.Model("--policy", folder);
            else if (!Directory.Exists(parsed.GetValue(config))) throw new InputException($"--config: there is no folder {parsed.GetValue(config)}: name one with config.json, tokenizer.json and tokenizer_config.json");
            SupervisedTask task = new(
                parsed.GetRequiredValue(data), parsed.GetValue(policy) ?? parsed.GetRequiredValue(config)!, parsed.GetValue(policy) is null, output, output + ".metrics.jsonl",
                new SupervisedOptions(parsed.GetValue(epochs), parsed.GetValue(batch), parsed.GetValue(workers) ?? Environment.ProcessorCount, DType: TorchRuntime.TypeOf(parsed.GetRequiredValue(precision), TorchDevice.Of(parsed.GetValue(device) ?? "cpu")),
                    MicroBatchTokens: parsed.GetValue(tokens), Memory: new PassOptions(parsed.GetValue(checkpoint), Runs: parsed.GetValue(tokens) > 0, Fused: parsed.GetValue(rank) > 0 && parsed.GetValue(dropout) == 0), EvaluateEvery: parsed.GetValue(every), Patience: parsed.GetValue(patience)),
                new OptimizerOptions(parsed.GetValue(rate), Schedules.Named(parsed.GetRequiredValue(schedule)), parsed.GetValue(warmup), parsed.GetValue(decay), ClipNorm: parsed.GetValue(clip)),
                new DrawKey(parsed.GetValue(seed) ?? 1, 0, "sft"),
                parsed.GetValue(rank) > 0 ? RecipeRules.Checked(new LoraOptions(parsed.GetValue(rank), parsed.GetValue(alpha), parsed.GetRequiredValue(targets), parsed.GetValue(dropout), parsed.GetValue(stabilized))) : null,
                parsed.GetValue(save), parsed.GetValue(keep), parsed.GetValue(held), parsed.GetValue(board), parsed.GetValue(device) ?? "cpu");
            TorchRuntime.Load();
            if (parsed.GetValue(dry))
            {
                SupervisedPlan plan = await task.PlanAsync(cancellation).ConfigureAwait(false);
                Output.Say(parsed.GetValue(json), plan, console => PlanTable.Print(console, plan));
                return 0;
            }

            SftFigures figures = await TrainAsync(task, cancellation).ConfigureAwait(false);
            Output.Say(parsed.GetValue(json), figures, console => console.WriteLine(
                $"{figures.Trained.Examples:N0} examples, {figures.Trained.Steps:N0} steps, {figures.Trained.Tokens:N0} completion tokens: loss {figures.Trained.FirstLoss:F3} to {figures.Trained.TrainLoss:F3} in {Pace.Span(TimeSpan.FromSeconds(figures.Seconds))}{(figures.Trained.Stopped is { } why ? $", stopped early: {why}" : "")}; {figures.Out}"));
            return 0;
        });
        return command;
    }

    private static async Task<SftFigures> TrainAsync(SupervisedTask task, CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();
        SupervisedFigures trained = await Watch.RunAsync(
            progress => task.RunAsync(progress, cancellation), $"stopped; no checkpoint was written. Training {(task.SaveEvery > 0 ? "goes on from its last saved state" : "begins anew")} when it is started again", cancellation).ConfigureAwait(false);
        return new(task.Output, task.Metrics, trained, watch.Elapsed.TotalSeconds);
    }

    private static Option<double> Positive(Option<double> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && double.TryParse(token.Value, System.Globalization.CultureInfo.InvariantCulture, out double value) && !(value > 0))
                result.AddError($"{option.Name} {token.Value}: it has to be above 0");
        });
        return option;
    }

    private sealed record SftFigures(string Out, string Metrics, SupervisedFigures Trained, double Seconds);
}
