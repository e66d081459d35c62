using System.CommandLine;
using Plum.Torch;
using Plum.Torch.Checkpoints;
using Plum.Torch.Goldens;
using Spectre.Console;

namespace Plum.Cli.Verbs;

/// <summary><c>plum model check</c>: says what a checkpoint folder is, or what is wrong with it, and whether it answers as other code does.</summary>
internal static class ModelVerb
{
    public static Command Create()
    {
        Argument<string> folder = Flags.Path<string>("DIR", "A Hugging Face checkpoint folder.", ArgumentArity.ExactlyOne);
        Option<string?> golden = new("--golden") { Description = "Answers of other code (logits, losses, gradients, greedy text) to compare with; over 1e-4 it fails.", HelpName = "FILE" };
        Option<string?> device = Flags.Device();
        Option<bool> json = Flags.Json();
        Command check = new("check", "Say what a checkpoint folder is: family, size, memory, tokenizer, chat template.") { folder, golden, device, json };
        check.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(folder);
            CheckpointSummary model = CheckpointSummary.Of(path);
            GoldenFigures? compared = parsed.GetValue(golden) is { } file ? GoldenComparison.Compare(path, file, TorchDevice.Of(parsed.GetValue(device) ?? "cpu")) : null;
            Libtorch libtorch = TorchRuntime.Load();
            Output.Say(
                parsed.GetValue(json),
                new ModelFigures(model, new Memory(model.WeightBytes(StorageType.Float32), model.WeightBytes(StorageType.BFloat16), 4 * model.WeightBytes(StorageType.Float32)), libtorch, compared),
                console => Print(console, model, libtorch, compared));
            return compared is { Agrees: false } ? Failures.Failed : 0;
        });
        return new Command("model", "Look at checkpoint folders, and merge adapters into them.") { check, ModelMergeVerb.Create() };
    }

    private static void Print(IAnsiConsole console, CheckpointSummary model, Libtorch libtorch, GoldenFigures? compared)
    {
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        grid.AddRow("family", model.Family);
        grid.AddRow("parameters", $"{model.Parameters:N0} ({model.Layers} layers, width {model.HiddenSize}, {model.Heads} heads, {model.KeyValueHeads} of keys and values, {model.MaxPositions:N0} positions)");
        grid.AddRow("weights", $"{Size(model.WeightBytes(StorageType.Float32))} in float32, {Size(model.WeightBytes(StorageType.BFloat16))} in bfloat16 or float16; stored as {model.StoredType.ToString().ToLowerInvariant()}");
        grid.AddRow("training", $"{Size(4 * model.WeightBytes(StorageType.Float32))} for weights, gradients and AdamW's moments, activations not counted");
        grid.AddRow("tokenizer", Markup.Escape(model.TokenizerFault ?? $"{model.TokenizerSize:N0} tokens, {model.VocabularySize:N0} rows of embedding"));
        grid.AddRow("end tokens", model.EndIds.Count > 0 ? string.Join(", ", model.EndIds) : "none: completions would never end; add eos_token_id to generation_config.json");
        grid.AddRow("chat template", Markup.Escape(model.ChatTemplateFault ?? "found"));
        grid.AddRow("libtorch", Markup.Escape(libtorch.ToString()));
        if (compared is not null)
        {
            grid.AddRow("logits", Difference(compared.LogitDifference));
            grid.AddRow("log-probs", Difference(compared.LogProbDifference));
            grid.AddRow("loss", Difference(compared.LossDifference));
            grid.AddRow("gradients", Difference(compared.GradientDifference) + (compared.GradientOf is { } name ? $" (in {name})" : ""));
            grid.AddRow("greedy", compared.GreedyTokens is { } tokens ? $"{compared.GreedyDifferent:N0} of {tokens:N0} tokens differ" : "not in the file");
            grid.AddRow("verdict", compared.Agrees ? "agrees" : $"differs: above {GoldenFigures.Tolerance:R}, or other tokens");
        }

        console.Write(grid);
    }

    private static string Difference(double? largest) => largest is { } difference ? $"differ by {difference:E2} at most" : "not in the file";

    private static string Size(long bytes) => bytes >= 1L << 30 ? $"{bytes / (double)(1 << 30):F1} GiB" : $"{bytes / (double)(1 << 20):F1} MiB";

    private sealed record ModelFigures(CheckpointSummary Model, Memory Bytes, Libtorch Libtorch, GoldenFigures? Golden);

    private sealed record Memory(long Float32, long Bfloat16, long TrainingStateFloat32);
}
