using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Plum.Cli.Tests;

/// <summary><c>plum train</c> on preferences of anybody's, with low-rank updates, killed and gone on with.</summary>
public sealed class TrainTest(MicroDomain domain)
{
    private static readonly string[] Settings =
    [
        "--recipe", "recipe.json", "--set", "training.method=dpo", "--set", "training.alpha=0.5", "--set", "training.epochs=6", "--set", "training.lora.rank=4", "--set", "training.lora.dropout=0.1",
        "--set", "training.micro_batch_tokens=160", "--set", "training.checkpoint_activations=true", "--set", "training.held_out_share=0.1", "--set", "training.evaluate_every=7",
    ];

    [Fact]
    public async Task AKilledTrainingGoesOnAndEndsWithTheSameBytes()
    {
        string[] whole = Train("uncut", "--set", "training.save_every=3"), killed = Train("cut", "--set", "training.save_every=3");
        JsonElement figures = await PlumProcess.FiguresAsync(domain.Folder, whole);
        Assert.True(figures.GetProperty("steps").GetInt32() > 20);
        foreach (int states in (int[])[1, 2])
        {
            using PlumProcess process = PlumProcess.Start(domain.Folder, [PlumProcess.Program, .. killed]);
            HashSet<string> seen = [];
            while (!process.Ended && seen.Count < states)
            {
                if (Directory.Exists(domain["cut.states"])) seen.UnionWith(Directory.EnumerateDirectories(domain["cut.states"], "step-????????"));
                await Task.Delay(1);
            }

            Assert.False(process.Ended, "The training ended before it was killed.");
            await process.KillAsync();
            Assert.False(Directory.Exists(domain["cut"]));
        }

        JsonElement resumed = await PlumProcess.FiguresAsync(domain.Folder, killed);
        Assert.Equal(figures.GetProperty("steps").GetInt32(), resumed.GetProperty("steps").GetInt32());
        foreach (string file in (string[])["/model.safetensors", "/adapter/adapter_model.safetensors", ".metrics.jsonl"])
            Assert.Equal(File.ReadAllBytes(domain["uncut" + file]), File.ReadAllBytes(domain["cut" + file]));
        Assert.Equal(["best", "step", "step"], Directory.EnumerateDirectories(domain["cut.states"]).Select(state => Path.GetFileName(state).Split('-')[0]).Order());
        foreach (string file in (string[])["state.json", "state.safetensors"])
            Assert.Equal(File.ReadAllBytes(domain["uncut.states/best/" + file]), File.ReadAllBytes(domain["cut.states/best/" + file]));
    }

    [Fact]
    public async Task FiguresBearTRLsNamesAndParquetTrainsLikeJsonLines()
    {
        await PlumProcess.FiguresAsync(domain.Folder, Train("lines", "--set", "training.tensor_board=true"));
        JsonObject step = JsonNode.Parse(File.ReadLines(domain["lines.metrics.jsonl"]).First())!.AsObject();
        Assert.Equal(
            ["step", "loss", "grad_norm", "learning_rate", "num_tokens", "entropy", "rewards/chosen", "rewards/rejected", "rewards/margins", "rewards/accuracies", "logps/chosen", "logps/rejected"],
            step.Select(item => item.Key));
        Assert.NotEmpty(Directory.EnumerateFiles(domain["lines.tensorboard"], "events.out.tfevents.*"));
        Assert.Contains(File.ReadLines(domain["lines.metrics.jsonl"]), line => line.Contains("\"eval_loss\"", StringComparison.Ordinal) && line.Contains("\"eval_rewards/accuracies\"", StringComparison.Ordinal));
        Assert.Equal("LORA", JsonNode.Parse(File.ReadAllText(domain["lines/adapter/adapter_config.json"]))!["peft_type"]!.GetValue<string>());

        Assert.Equal(["prompt", "chosen", "rejected"], (await PlumProcess.FiguresAsync(domain.Folder, "export", Pairs(), "--out", "pairs.parquet")).GetProperty("columns").EnumerateArray().Select(name => name.GetString()));
        await PlumProcess.FiguresAsync(domain.Folder, [.. Train("parquet").Select(argument => argument == "pairs.jsonl" ? "pairs.parquet" : argument)]);
        Assert.Equal(File.ReadAllBytes(domain["lines/model.safetensors"]), File.ReadAllBytes(domain["parquet/model.safetensors"]));
    }

    [Fact]
    public async Task APlanIsToldAndNothingTrained()
    {
        JsonElement plan = await PlumProcess.FiguresAsync(domain.Folder, Train("planned", "--dry-run"));
        Assert.InRange(plan.GetProperty("micro_batch_tokens").GetInt32(), 1, 160);
        Assert.True(plan.GetProperty("computed_tokens").GetInt64() < plan.GetProperty("padded_tokens").GetInt64());
        Assert.Equal(4, plan.GetProperty("options").GetProperty("lora").GetProperty("rank").GetInt32());
        Assert.True(plan.GetProperty("memory").GetProperty("total").GetInt64() > 0);
        Assert.False(Directory.Exists(domain["planned"]));
        PlumProcess.Result people = await PlumProcess.RunAsync(domain.Folder, Train("planned", "--dry-run"));
        Assert.Contains("low-rank updates of rank 4", people.Output);
        (await PlumProcess.RunAsync(domain.Folder, Train("planned", "--set", "training.lora.targets=q,vv"))).IsRefused("training.lora.targets is 'vv'", "did you mean 'v'?");
        (await PlumProcess.RunAsync(domain.Folder, Train("planned", "--set", "training.schedule=cosin"))).IsRefused("did you mean 'cosine'?");
    }

    [Fact]
    public async Task KTOsClassWeightsFollowTheLabelCountsReachTheLossAndAreTold()
    {
        string[] lines = File.ReadAllLines(await LabelsAsync());
        int good = lines.Count(line => line.Contains("true", StringComparison.Ordinal)), bad = lines.Length - good;
        // Before the first step policy and reference agree, the divergence is 0, and each completion's loss is half its weight.
        foreach ((string[] given, double desirable, double undesirable) in ((string[], double, double)[])
            [([], (double)bad / good, 1), (["--set", "training.desirable_weight=1", "--set", "training.undesirable_weight=1"], 1, 1)])
        {
            string[] kto =
            [
                "train", "--recipe", "recipe.json", "--preferences", "labels.jsonl", "--policy", "policy", "--out", "kto", "--set", "training.method=kto", "--set", "training.alpha=0",
                "--set", "training.replay_per_step=0", "--set", "training.prompts_per_step=1000", .. given,
            ];
            JsonElement plan = await PlumProcess.FiguresAsync(domain.Folder, [.. kto, "--dry-run"]), figures = await PlumProcess.FiguresAsync(domain.Folder, kto);
            foreach (JsonElement told in (JsonElement[])[plan, figures])
            {
                Assert.Equal(desirable, told.GetProperty("desirable_weight").GetDouble(), 1e-9);
                Assert.Equal(undesirable, told.GetProperty("undesirable_weight").GetDouble(), 1e-9);
            }

            JsonNode step = JsonNode.Parse(File.ReadLines(domain["kto.metrics.jsonl"]).First())!;
            Assert.Equal(((good * desirable) + (bad * undesirable)) / (2 * lines.Length), step["loss"]!.GetValue<double>(), 1e-4);
            Assert.Equal(0, step["kl"]!.GetValue<double>(), 1e-4);
        }
    }

    [Fact]
    public async Task WhatIsTooLongIsCutOrLeftOutAndCounted()
    {
        JsonElement plan = await PlumProcess.FiguresAsync(domain.Folder, Train("long", "--dry-run"));
        long mean = plan.GetProperty("padded_tokens").GetInt64() / (2 * plan.GetProperty("pairs").GetInt64());
        JsonElement cut = await PlumProcess.FiguresAsync(domain.Folder, Train("long", "--dry-run", "--set", $"training.max_length={mean}"));
        Assert.True(cut.GetProperty("shortened").GetInt32() > 0);
        Assert.InRange(cut.GetProperty("completion_tokens").GetInt64(), 1, plan.GetProperty("completion_tokens").GetInt64() - cut.GetProperty("shortened").GetInt64());
        (await PlumProcess.RunAsync(domain.Folder, Train("long", "--set", "training.max_length=3"))).IsRefused("training.max_length 3");
    }

    [Fact]
    public async Task FineTuningIsPlannedWatchedAndToldToTensorBoard()
    {
        string[] sft = ["sft", "--data", "sft.jsonl", "--policy", "policy", "--out", "watched", "--epochs", "2", "--learning-rate", "0.5", "--schedule", "constant", "--held-out-share", "0.2", "--evaluate-every", "1", "--patience", "1", "--tensor-board", "--batch", "16"];
        JsonElement plan = await PlumProcess.FiguresAsync(domain.Folder, [.. sft, "--dry-run"]);
        Assert.False(Directory.Exists(domain["watched"]));
        Assert.True(plan.GetProperty("memory").GetProperty("total").GetInt64() > 0);
        Assert.Contains("held out", (await PlumProcess.RunAsync(domain.Folder, [.. sft, "--dry-run"])).Output);
        JsonElement trained = (await PlumProcess.FiguresAsync(domain.Folder, sft)).GetProperty("trained");
        Assert.Equal(plan.GetProperty("examples").GetInt32(), trained.GetProperty("examples").GetInt32());
        // At this rate the policy only breaks: the watch ends the training and brings the best weights back.
        Assert.Contains("held-out loss", trained.GetProperty("stopped").GetString());
        double[] looks = [.. File.ReadLines(domain["watched.metrics.jsonl"]).Select(line => JsonNode.Parse(line)!["eval_loss"]!.GetValue<double>())];
        Assert.True(looks.Length < plan.GetProperty("steps").GetInt32());
        Assert.Equal(looks.Length - 2, Array.IndexOf(looks, looks.Min()));
        Assert.NotEmpty(Directory.EnumerateFiles(domain["watched.tensorboard"], "events.out.tfevents.*"));
    }

    [Fact]
    public async Task FineTuningTrainsUpdatesAloneToo()
    {
        JsonElement figures = await PlumProcess.FiguresAsync(
            domain.Folder, "sft", "--data", "sft.jsonl", "--policy", "policy", "--out", "tuned", "--lora-rank", "4", "--lora-targets", "attention", "--micro-batch-tokens", "200", "--checkpoint-activations", "--epochs", "0.5");
        Assert.True(figures.GetProperty("trained").GetProperty("steps").GetInt32() > 0);
        Assert.True(File.Exists(domain["tuned/adapter/adapter_model.safetensors"]));
        Assert.NotEqual(File.ReadAllBytes(domain["policy/model.safetensors"]), File.ReadAllBytes(domain["tuned/model.safetensors"]));
    }

    /// <summary>TRL's labels: of each three prompts one with its right answer, the others with a wrong one.</summary>
    private async Task<string> LabelsAsync()
    {
        JsonObject[] pairs = [.. File.ReadLines(domain[Pairs()]).Select(line => JsonNode.Parse(line)!.AsObject())];
        await File.WriteAllLinesAsync(domain["labels.jsonl"], pairs.Select((pair, at) => new JsonObject
        {
            ["prompt"] = pair["prompt"]!.DeepClone(),
            ["completion"] = pair[at % 3 == 0 ? "chosen" : "rejected"]!.DeepClone(),
            ["label"] = at % 3 == 0,
        }.ToJsonString()));
        return domain["labels.jsonl"];
    }

    private string[] Train(string to, params string[] more) => ["train", "--preferences", Pairs(), "--policy", "policy", "--out", to, "--workers", "2", .. Settings, .. more];

    /// <summary>TRL's conversational pairs: the right operation against another.</summary>
    private string Pairs()
    {
        if (File.Exists(domain["pairs.jsonl"])) return "pairs.jsonl";
        var lines = File.ReadLines(domain["sft.jsonl"]).Select(line => JsonNode.Parse(line)!).Where(line => line["messages"] is not null).Select(line =>
        {
            JsonNode question = line["messages"]![0]!.DeepClone();
            string right = line["messages"]![1]!["content"]!.GetValue<string>();
            JsonArray Answer(string text) => [new JsonObject { ["role"] = "assistant", ["content"] = text }];
            return new JsonObject { ["prompt"] = new JsonArray(question), ["chosen"] = Answer(right), ["rejected"] = Answer(right.Replace("return n", "return 1 + n", StringComparison.Ordinal)) }.ToJsonString();
        });
        string made = domain[$"pairs.{Guid.NewGuid():N}"];
        File.WriteAllLines(made, lines);
        File.Move(made, domain["pairs.jsonl"], overwrite: true);
        return "pairs.jsonl";
    }
}
