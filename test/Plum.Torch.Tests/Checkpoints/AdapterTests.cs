using Plum.Torch.Checkpoints;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Checkpoints;

public sealed class AdapterTests
{
    public static TheoryData<string> Models => Oracles.Cases("models");

    [Theory]
    [MemberData(nameof(Models))]
    public void AdaptersAreReadBackAndMergedExactly(string model)
    {
        string source = Oracles.Path($"models/{model}");
        using TemporaryFolder temporary = new();
        using DisposeScope scope = NewDisposeScope();
        using CheckpointFolder original = CheckpointFolder.Open(source);
        LoraSettings settings = new(Rank: 3, Alpha: 5, RankStabilized: model.Length % 2 == 0, BaseModel: "base");
        string[] names = [.. original.Layout.Parameters.Where(item => item.Name.IsLinearWeight && item.Name.InLayer && item.Name.Layer != 1).Select(item => item.Name.ToString())];
        Dictionary<string, (Tensor A, Tensor B)> factors = names.ToDictionary(name => name, name => (randn(3, original.Shapes[name][1]), randn(original.Shapes[name][0], 3)));
        string path = Path.Combine(temporary.Path, "adapter"), merged = Path.Combine(temporary.Path, "merged");
        AdapterWriter.Save(path, original.Config, settings, factors.Select(item => (item.Key, item.Value.A, item.Value.B)));

        using AdapterFolder adapter = AdapterFolder.Open(path, original.Config);
        Assert.Equal(names, adapter.Parameters);
        foreach ((string name, (Tensor a, Tensor b)) in factors)
        {
            Tensor expected = mm(b, a) * settings.Scale;
            Assert.True((expected - adapter.LoadDelta(name)).abs().max().item<float>() < 1e-4, name);
        }

        AdapterFolder.Merge(source, path, merged, StorageType.Float32);
        using CheckpointFolder result = CheckpointFolder.Open(merged);
        foreach (string name in original.Shapes.Keys)
        {
            Tensor expected = original.LoadTensor(name, ScalarType.Float32);
            if (factors.TryGetValue(name, out (Tensor A, Tensor B) pair)) expected += mm(pair.B, pair.A) * settings.Scale;
            Assert.True((expected - result.LoadTensor(name)).abs().max().item<float>() < 1e-4, name);
        }
    }

    [Fact]
    public void AnAdapterAsPeftWritesItIsUnderstood()
    {
        string source = Oracles.Path("models/llama_base");
        using TemporaryFolder folder = new();
        using DisposeScope scope = NewDisposeScope();
        ModelConfig config = ModelConfig.Read(source);
        folder.Write("adapter_config.json", """
            {"peft_type": "LORA", "r": 2, "lora_alpha": 8, "target_modules": "all-linear", "rank_pattern": {"layers.1.self_attn.q_proj": 4},
             "alpha_pattern": {".*v_proj": 1}, "use_rslora": false, "bias": "none", "modules_to_save": null}
            """);
        Dictionary<string, Tensor> tensors = new()
        {
            ["base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight"] = ones(4, 32),
            ["base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight"] = ones(32, 4),
            ["base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight"] = ones(2, 32),
            ["base_model.model.model.layers.0.self_attn.v_proj.lora_B.weight"] = ones(32, 2),
        };
        string weights = Path.Combine(folder.Path, "adapter_model.safetensors");
        SafetensorsWriter.Write(weights, tensors);
        using (AdapterFolder adapter = AdapterFolder.Open(folder.Path, config))
        {
            Assert.Equal(["layers.0.v.weight", "layers.1.q.weight"], adapter.Parameters);
            Assert.Equal(0.5, adapter.LoadFactors("layers.0.v.weight").Scale);
            Assert.Equal(2.0, adapter.LoadFactors("layers.1.q.weight").Scale);
            Assert.Equal(8f, adapter.LoadDelta("layers.1.q.weight")[0, 0].item<float>());
        }

        tensors["base_model.model.model.layers.0.self_attn.v_proj.lora_B.weight"] = ones(32, 3);
        SafetensorsWriter.Write(weights, tensors);
        Assert.Contains("v_proj.lora_B.weight' has shape [32, 3]", Refused(), StringComparison.Ordinal);
        tensors.Remove("base_model.model.model.layers.0.self_attn.v_proj.lora_B.weight");
        SafetensorsWriter.Write(weights, tensors);
        Assert.Contains("model.layers.0.self_attn.v_proj has only one of", Refused(), StringComparison.Ordinal);
        tensors["base_model.model.model.layers.9.self_attn.v_proj.lora_B.weight"] = ones(32, 3);
        SafetensorsWriter.Write(weights, tensors);
        Assert.Contains("layers.9.self_attn.v_proj.lora_B", Refused(), StringComparison.Ordinal);
        folder.Write("adapter_config.json", """{"peft_type": "LORA", "use_dora": true}""");
        Assert.Contains("use_dora", Refused(), StringComparison.Ordinal);
        foreach ((string key, string value) in (ReadOnlySpan<(string, string)>)[
            ("init_lora_weights", "\"pissa_niter_16\""), ("init_lora_weights", "\"olora\""), ("layer_replication", "[[0, 2], [1, 3]]"), ("target_parameters", "[\"experts.w\"]"),
            ("bias", "\"lora_only\""), ("modules_to_save", "[\"lm_head\"]"), ("lora_bias", "true")])
        {
            folder.Write("adapter_config.json", $$"""{"peft_type": "LORA", "{{key}}": {{value}} }""");
            Assert.Contains(key, Refused(), StringComparison.Ordinal);
        }

        folder.Write("adapter_config.json", """{"peft_type": "IA3"}""");
        Assert.Contains("IA3", Refused(), StringComparison.Ordinal);

        string Refused() => Assert.Throws<InputException>(() => AdapterFolder.Open(folder.Path, config)).Message;
    }
}
