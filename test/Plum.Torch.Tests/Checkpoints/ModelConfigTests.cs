using Plum.Torch.Checkpoints;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Checkpoints;

public sealed class ModelConfigTests
{
    private const string Sizes = "\"hidden_size\": 8, \"num_attention_heads\": 2, \"num_hidden_layers\": 3, \"intermediate_size\": 12, \"vocab_size\": 5";

    [Fact]
    public void RopeScalingUnderEverySpelling()
    {
        Assert.Equal(new RopeScaling.Linear(4), Llama("""{"type": "linear", "factor": 4}""").RopeScaling);
        Assert.Equal(new RopeScaling.Dynamic(2, 16), Llama("""{"rope_type": "dynamic", "factor": 2.0}""").RopeScaling);
        Assert.Equal(new RopeScaling.Llama3(8, 1, 4, 8), Llama("""{"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 8}""").RopeScaling);
        Assert.Equal(new RopeScaling.Yarn(4, (0.1 * Math.Log(4)) + 1, 32, 1, 16, true), Llama("""{"type": "yarn", "factor": 4}""").RopeScaling);
        Assert.Null(Llama("""{"rope_type": "default"}""").RopeScaling);
        Assert.Null(Llama("null").RopeScaling);

        ModelConfig modern = Read($$"""{"model_type": "llama", {{Sizes}}, "dtype": "bfloat16", "rope_parameters": {"rope_type": "linear", "factor": 2, "rope_theta": 5000} }""");
        Assert.Equal((5000.0, new RopeScaling.Linear(2), StorageType.BFloat16), (modern.RopeTheta, modern.RopeScaling, modern.StorageType));

        // transformers' _compute_yarn_parameters: since 4.51 the original length counts, a factor may be left out, and mscale has its say.
        const string Yarn = """{"rope_type": "yarn", "factor": 4, "original_max_position_embeddings": 4}""";
        Assert.Equal(16, ((RopeScaling.Yarn)Llama(Yarn).RopeScaling!).OriginalPositions);
        Assert.Equal(16, ((RopeScaling.Yarn)Llama(Yarn, "4.49.0.dev0").RopeScaling!).OriginalPositions);
        Assert.Equal(4, ((RopeScaling.Yarn)Llama(Yarn, "4.51.0").RopeScaling!).OriginalPositions);
        Assert.Equal(4, ((RopeScaling.Yarn)Llama(Yarn, "5.0.0.dev0").RopeScaling!).OriginalPositions);
        Assert.Equal(4, ((RopeScaling.Yarn)Llama("""{"type": "yarn", "original_max_position_embeddings": 4}""").RopeScaling!).Factor);
        Assert.Equal(0.964326914892074, ((RopeScaling.Yarn)Llama("""{"type": "yarn", "factor": 4, "mscale": 0.707, "mscale_all_dim": 1.0}""").RopeScaling!).AttentionFactor, 1e-12);
        Assert.Equal(2.5, ((RopeScaling.Yarn)Llama("""{"type": "yarn", "factor": 4, "mscale": 0.707, "mscale_all_dim": 1.0, "attention_factor": 2.5}""").RopeScaling!).AttentionFactor);
        Assert.Equal(new RopeScaling.Yarn(4, (0.1 * Math.Log(4)) + 1, 16, 2, 16, false), Llama("""{"type": "yarn", "factor": 4, "beta_fast": 16, "beta_slow": 2, "truncate": false, "mscale": 1.0}""").RopeScaling);

        static ModelConfig Llama(string scaling, string? version = null) => Read($$"""{"model_type": "llama", {{Sizes}}, "max_position_embeddings": 16, {{(version is null ? "" : $"\"transformers_version\": \"{version}\", ")}}"rope_scaling": {{scaling}} }""");
    }

    /// <summary>Defaults of transformers' configuration classes.</summary>
    [Fact]
    public void WhatAConfigLeavesOutIsItsFamilysDefault()
    {
        Assert.Equal(2, Read($$"""{"model_type": "llama", {{Sizes}} }""").KeyValueHeads);
        Assert.Equal(2, Read($$"""{"model_type": "qwen2", {{Sizes}}, "num_key_value_heads": null}""").KeyValueHeads);
        Assert.Equal(32, Read($$"""{"model_type": "qwen2", {{Sizes.Replace("\"num_attention_heads\": 2", "\"num_attention_heads\": 64, \"head_dim\": 4", StringComparison.Ordinal)}} }""").KeyValueHeads);
        Assert.Equal(8, Read($$"""{"model_type": "mistral", {{Sizes.Replace("\"num_attention_heads\": 2", "\"num_attention_heads\": 8, \"head_dim\": 4", StringComparison.Ordinal)}} }""").KeyValueHeads);
        ModelConfig starcoder2 = Read($$"""{"model_type": "starcoder2", {{Sizes}} }""");
        Assert.Equal((2, true, true, true, NormKind.Layer, 1e-5), (starcoder2.KeyValueHeads, starcoder2.TiedEmbeddings, starcoder2.MlpBias, starcoder2.OutputBias, starcoder2.Norm, starcoder2.NormEpsilon));
        ModelConfig biased = Read($$"""{"model_type": "llama", {{Sizes}}, "attention_bias": true, "mlp_bias": true, "head_dim": 6}""");
        Assert.Equal((true, true, true, 6), (biased.QueryKeyValueBias, biased.OutputBias, biased.MlpBias, biased.HeadSize));
        ModelConfig qwen = Read($$"""{"model_type": "qwen2", {{Sizes}}, "num_key_value_heads": 1}""");
        Assert.Equal((true, false, false, false, 32768), (qwen.QueryKeyValueBias, qwen.OutputBias, qwen.MlpBias, qwen.TiedEmbeddings, qwen.MaxPositions));
        const string Gpt2 = "\"n_embd\": 8, \"n_head\": 2, \"n_layer\": 3, \"vocab_size\": 5";
        ModelConfig gpt2 = Read($$"""{"model_type": "gpt2", {{Gpt2}}, "n_inner": 20, "activation_function": "relu", "scale_attn_by_inverse_layer_idx": true, "scale_attn_weights": false}""");
        Assert.Equal((20, Activation.Relu, true, 1024), (gpt2.IntermediateSize, gpt2.Activation, gpt2.TiedEmbeddings, gpt2.MaxPositions));
        Assert.Equal(2 / 3.0, gpt2.QueryScale(2));
        ModelConfig code = Read($$"""{"model_type": "gpt_bigcode", {{Gpt2}}, "attention_softmax_in_fp32": true, "scale_attention_softmax_in_fp32": true}""");
        Assert.Equal((1, true, Activation.GeluTanh, 32, 1.0), (code.KeyValueHeads, code.MultiQueryFused, code.Activation, code.IntermediateSize, code.QueryScale(2)));
    }

    [Fact]
    public void ARealConfigIsRead()
    {
        ModelConfig config = ModelConfig.Read(Oracles.Path("tokenizers/deepseek-coder"));
        Assert.Equal((ModelFamily.Llama, 32, 128, 100000.0, StorageType.BFloat16), (config.Family, config.Layers, config.HeadSize, config.RopeTheta, config.StorageType));
        Assert.Equal(new RopeScaling.Linear(4), config.RopeScaling);
        Assert.Equal([32021], config.EndIds);
        Assert.Equal(6_740_512_768, config.Parameters);
        Assert.Equal((32013, 32021), (Tokenizer.Load(Oracles.Path("tokenizers/deepseek-coder")).BeginId, Tokenizer.Load(Oracles.Path("tokenizers/deepseek-coder")).EndId));
    }

    [Fact]
    public void SlidingWindowsPerLayer()
    {
        Assert.Equal([null, null, null], Read($$"""{"model_type": "qwen2", {{Sizes}}, "num_key_value_heads": 2, "sliding_window": 7, "use_sliding_window": false}""").SlidingWindows);
        Assert.Equal([null, 7, 7], Read($$"""{"model_type": "qwen2", {{Sizes}}, "num_key_value_heads": 2, "sliding_window": 7, "use_sliding_window": true, "max_window_layers": 1}""").SlidingWindows);
        Assert.Equal([null, 7, null], Read($$"""{"model_type": "qwen2", {{Sizes}}, "num_key_value_heads": 2, "sliding_window": 7, "use_sliding_window": true, "layer_types": ["full_attention", "sliding_attention", "full_attention"]}""").SlidingWindows);
        Assert.Equal([4096, 4096, 4096], Read($$"""{"model_type": "mistral", {{Sizes}}, "num_key_value_heads": 2}""").SlidingWindows);
        Assert.Equal([null, null, null], Read($$"""{"model_type": "mistral", {{Sizes}}, "num_key_value_heads": 2, "sliding_window": null}""").SlidingWindows);
        Assert.Equal([null, null, null], Read($$"""{"model_type": "llama", {{Sizes}}, "sliding_window": 7}""").SlidingWindows);
    }

    [Fact]
    public void EndIdsComeFromTheGenerationConfigFirst()
    {
        string config = $$"""{"model_type": "llama", {{Sizes}}, "eos_token_id": 2, "bos_token_id": 1}""";
        Assert.Equal([2], Read(config).EndIds);
        ModelConfig both = Read(config, """{"eos_token_id": [3, 4], "pad_token_id": 0}""");
        Assert.Equal([3, 4], both.EndIds);
        Assert.Equal((1, 0), (both.BeginId, both.PadId));
    }

    [Fact]
    public void ManyHeadedGptBigCodeIsFusedHeadByHead()
    {
        ModelConfig config = Read("""{"model_type": "gpt_bigcode", "n_embd": 8, "n_head": 2, "n_layer": 1, "n_positions": 4, "vocab_size": 5, "multi_query": false}""");
        TensorLayout layout = TensorLayout.For(config);
        Assert.Equal([new RowRange(4, 4), new RowRange(16, 4)], layout["layers.0.k.weight"].Rows);
        Assert.Equal(new Shape(24, 8), layout.StoredShapes["transformer.h.0.attn.c_attn.weight"]);

        using DisposeScope scope = NewDisposeScope();
        StoredParameter[] sharers = [.. layout.Parameters.Where(item => item.StoredName == "transformer.h.0.attn.c_attn.weight")];
        Tensor stored = arange(24 * 8).view(24, 8);
        Tensor[] parts = [.. sharers.Select(item => item.Read(_ => stored))];
        Assert.True(stored.eq(StoredParameterExtensions.Compose(sharers, parts)).all().item<bool>());
    }

    [Fact]
    public void CanonicalNamesReadBack()
    {
        foreach (string name in TensorLayout.For(Read("""{"model_type": "gpt2", "n_embd": 8, "n_head": 2, "n_layer": 2, "vocab_size": 5}""")).Shapes.Keys)
            Assert.Equal(name, ParameterName.Parse(name).ToString());
        foreach (string wrong in (string[])["q.weight", "layers.0.final_norm.weight", "layers.x.q.weight", "layers.0.q.scale", "token_embedding"])
            Assert.Throws<FormatException>(() => ParameterName.Parse(wrong));
    }

    [Fact]
    public void Gpt2FilesWithoutTheirPrefixAreRead()
    {
        string source = Oracles.Path("models/gpt2_base");
        using TemporaryFolder folder = new();
        using DisposeScope scope = NewDisposeScope();
        using CheckpointFolder original = CheckpointFolder.Open(source);
        using SafetensorsReader reader = SafetensorsReader.Open(Path.Combine(source, "model.safetensors"));
        Dictionary<string, Tensor> bare = reader.Entries.Keys.ToDictionary(name => name["transformer.".Length..], reader.Load);
        bare["h.0.attn.bias"] = ones(1, 1, 4, 4);
        SafetensorsWriter.Write(Path.Combine(folder.Path, "model.safetensors"), bare);
        File.Copy(Path.Combine(source, "config.json"), Path.Combine(folder.Path, "config.json"));
        using CheckpointFolder read = CheckpointFolder.Open(folder.Path);
        foreach (string name in original.Shapes.Keys) Assert.True(original.LoadTensor(name).eq(read.LoadTensor(name)).all().item<bool>(), name);
    }

    private static ModelConfig Read(string config, string? generation = null)
    {
        using TemporaryFolder folder = new();
        folder.Write("config.json", config);
        if (generation is not null) folder.Write("generation_config.json", generation);
        return ModelConfig.Read(folder.Path);
    }
}
