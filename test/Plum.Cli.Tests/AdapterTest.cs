using Plum.Torch;
using Plum.Torch.Checkpoints;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Cli.Tests;

/// <summary>A LoRA adapter beside its model, and merged into it.</summary>
public sealed class AdapterTest(MicroDomain domain)
{
    [Fact]
    public async Task AMergedModelSamplesAsTheModelWithItsAdapter()
    {
        WriteAdapter();
        await PlumProcess.FiguresAsync(domain.Folder, "model", "merge", "--policy", "policy", "--adapter", "adapter", "--out", "merged");
        Assert.Equal("qwen2", (await PlumProcess.FiguresAsync(domain.Folder, "model", "check", "merged")).GetProperty("model").GetProperty("family").GetString());

        async Task<string> SampledAsync(string to, params string[] policy)
        {
            await PlumProcess.FiguresAsync(domain.Folder, ["sample", "--instructions", "plum.jsonl", "--recipe", "recipe.json", "--out", to, "--set", "precision=float32", .. policy]);
            return File.ReadAllText(domain[to]);
        }

        string merged = await SampledAsync("l/merged.jsonl", "--policy", "merged");
        Assert.Equal(merged, await SampledAsync("l/adapted.jsonl", "--policy", "policy", "--adapter", "adapter"));
        Assert.NotEqual(merged, await SampledAsync("l/plain.jsonl", "--policy", "policy"));
    }

    [Fact]
    public async Task FoldersThatDoNotFitAreRefused()
    {
        (await PlumProcess.RunAsync(domain.Folder, "model", "merge", "--policy", "policy", "--adapter", "policy", "--out", "x")).IsRefused("adapter_config.json");
        (await PlumProcess.RunAsync(domain.Folder, "model", "merge", "--policy", "policy", "--adapter", "adapter", "--out", "policy/")).IsRefused("--out policy/");
    }

    private void WriteAdapter()
    {
        TorchRuntime.Load();
        using DisposeScope scope = NewDisposeScope();
        ModelConfig config = ModelConfig.Read(domain["policy"]);
        RandomStream draws = new DrawKey(1, 0, "adapter").Open();
        Tensor Factor(long rows, long columns) => tensor(Enumerable.Range(0, (int)(rows * columns)).Select(_ => (float)draws.NextNormal() * 0.1f).ToArray()).view(rows, columns);
        AdapterWriter.Save(domain["adapter"], config, new LoraSettings(Rank: 2, Alpha: 4), TensorLayout.For(config).Parameters
            .Where(parameter => parameter.Name.IsLinearWeight && parameter.Name.InLayer)
            .Select(parameter => (parameter.Name.ToString(), Factor(2, parameter.Shape[1]), Factor(parameter.Shape[0], 2))));
    }
}
