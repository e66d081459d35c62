using System.CommandLine;
using Plum.Torch.Checkpoints;
using Spectre.Console;

namespace Plum.Cli.Verbs;

/// <summary><c>plum model check</c>: says what a checkpoint folder is, or what is wrong with it.</summary>
internal static class ModelVerb
{
    public static Command Create()
    {
        Argument<string> folder = Flags.Path<string>("DIR", "A Hugging Face checkpoint folder.", ArgumentArity.ExactlyOne);
        Option<bool> json = Flags.Json();
        Command check = new("check", "Say what a checkpoint folder is: family, size, memory, tokenizer, chat template.") { folder, json };
        check.SetAction(parsed =>
        {
            CheckpointSummary model = CheckpointSummary.Of(parsed.GetRequiredValue(folder));
            Output.Say(parsed.GetValue(json), new ModelFigures(model, new Memory(
                model.WeightBytes(StorageType.Float32), model.WeightBytes(StorageType.BFloat16), 4 * model.WeightBytes(StorageType.Float32))), console => Print(console, model));
            return 0;
        });
        return new Command("model", "Look at checkpoint folders.") { check };
    }

    private static void Print(IAnsiConsole console, CheckpointSummary model)
    {
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        grid.AddRow("family", model.Family);
        grid.AddRow("parameters", $"{model.Parameters:N0} ({model.Layers} layers, width {model.HiddenSize}, {model.Heads} heads, {model.KeyValueHeads} of keys and values, {model.MaxPositions:N0} positions)");
        grid.AddRow("weights", $"{Size(model.WeightBytes(StorageType.Float32))} in float32, {Size(model.WeightBytes(StorageType.BFloat16))} in bfloat16 or float16; stored as {model.StoredType.ToString().ToLowerInvariant()}");
        grid.AddRow("training", $"{Size(4 * model.WeightBytes(StorageType.Float32))} for weights, gradients and AdamW's moments, activations not counted");
        grid.AddRow("tokenizer", $"{model.TokenizerSize:N0} tokens, {model.VocabularySize:N0} rows of embedding");
        grid.AddRow("end tokens", model.EndIds.Count > 0 ? string.Join(", ", model.EndIds) : "none: completions would never end; add eos_token_id to generation_config.json");
        grid.AddRow("chat template", Markup.Escape(model.ChatTemplateFault ?? "found"));
        console.Write(grid);
    }

    private static string Size(long bytes) => bytes >= 1L << 30 ? $"{bytes / (double)(1 << 30):F1} GiB" : $"{bytes / (double)(1 << 20):F1} MiB";

    private sealed record ModelFigures(CheckpointSummary Model, Memory Bytes);

    private sealed record Memory(long Float32, long Bfloat16, long TrainingStateFloat32);
}
