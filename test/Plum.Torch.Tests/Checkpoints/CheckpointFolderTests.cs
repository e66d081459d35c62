using System.Buffers.Binary;
using System.Text.Json;
using Plum.Torch.Checkpoints;
using Plum.Torch.Transformers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Checkpoints;

public sealed class CheckpointFolderTests
{
    public static TheoryData<string> Models => Oracles.Cases("models");

    [Theory]
    [MemberData(nameof(Models))]
    public void LoadSaveLoadGivesIdenticalTensors(string model)
    {
        string source = Oracles.Path($"models/{model}");
        using TemporaryFolder temporary = new();
        using DisposeScope scope = NewDisposeScope();
        using CheckpointFolder original = CheckpointFolder.Open(source);
        string copy = Path.Combine(temporary.Path, "copy");
        CheckpointFolder.Save(copy, original.Config, original.Shapes.Keys.Select(name => (name, original.LoadTensor(name))), original.Config.StorageType, source);

        using CheckpointFolder loaded = CheckpointFolder.Open(copy);
        Assert.Equivalent(original.Config, loaded.Config);
        foreach ((string name, Shape shape) in original.Shapes)
        {
            Tensor expected = original.LoadTensor(name), actual = loaded.LoadTensor(name);
            Assert.Equal(shape, new Shape(actual.shape));
            Assert.Equal(expected.dtype, actual.dtype);
            Assert.True(expected.bytes.SequenceEqual(actual.bytes), name);
        }

        string again = Path.Combine(temporary.Path, "again");
        CheckpointFolder.Save(again, loaded.Config, loaded.Shapes.Keys.Reverse().Select(name => (name, loaded.LoadTensor(name))), loaded.Config.StorageType, copy);
        foreach (string file in Directory.GetFiles(copy))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(again, Path.GetFileName(file))));
    }

    public static TheoryData<string> Families => new(
        """{"model_type": "llama", SIZES, "num_key_value_heads": 1, "attention_bias": true, "mlp_bias": true, "head_dim": 6}""",
        """{"model_type": "llama", SIZES, "tie_word_embeddings": true}""",
        """{"model_type": "qwen2", SIZES, "num_key_value_heads": 2, "dtype": "bfloat16"}""",
        """{"model_type": "mistral", SIZES, "num_key_value_heads": 1, "sliding_window": 3, "torch_dtype": "float16"}""",
        """{"model_type": "starcoder2", SIZES, "num_key_value_heads": 1, "use_bias": false, "tie_word_embeddings": false}""",
        """{"model_type": "gpt2", GPT, "tie_word_embeddings": false}""",
        """{"model_type": "gpt_bigcode", GPT}""",
        """{"model_type": "gpt_bigcode", GPT, "multi_query": false}""");

    [Theory]
    [MemberData(nameof(Families))]
    public void EveryFamilyIsWrittenByteValidAndReadBack(string config)
    {
        using TemporaryFolder temporary = new();
        using DisposeScope scope = NewDisposeScope();
        temporary.Write("config.json", config
            .Replace("SIZES", "\"hidden_size\": 8, \"num_attention_heads\": 2, \"num_hidden_layers\": 2, \"intermediate_size\": 12, \"vocab_size\": 5, \"max_position_embeddings\": 16", StringComparison.Ordinal)
            .Replace("GPT", "\"n_embd\": 8, \"n_head\": 2, \"n_layer\": 2, \"n_positions\": 16, \"vocab_size\": 5", StringComparison.Ordinal));
        ModelConfig read = ModelConfig.Read(temporary.Path);
        using Decoder decoder = Decoder.Create(read, new DrawKey(1, 0, "weights"));
        string first = Path.Combine(temporary.Path, "first"), second = Path.Combine(temporary.Path, "second");
        CheckpointFolder.Save(first, read, decoder.Parameters.Select(p => (p.Key, p.Value)), read.StorageType, temporary.Path);
        using (CheckpointFolder saved = CheckpointFolder.Open(first))
        {
            foreach ((string name, Tensor parameter) in decoder.Parameters)
                Assert.True(parameter.to(CheckpointWriter.TypeOf(read.StorageType)).eq(saved.LoadTensor(name)).all().item<bool>(), name);
            CheckpointFolder.Save(second, saved.Config, saved.Shapes.Keys.Select(name => (name, saved.LoadTensor(name))), read.StorageType, first);
        }

        byte[] bytes = File.ReadAllBytes(Path.Combine(first, "model.safetensors"));
        Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(second, "model.safetensors")));
        AssertValid(bytes);
    }

    /// <summary>The format as huggingface/safetensors describes it: length, a JSON object that begins at once, tensors without holes to the last byte.</summary>
    private static void AssertValid(byte[] file)
    {
        int length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file));
        Assert.Equal((byte)'{', file[8]);
        Assert.Equal(0, (8 + length) % 8);
        long reached = 0;
        Dictionary<string, int> sizes = new() { ["F32"] = 4, ["F16"] = 2, ["BF16"] = 2 };
        JsonProperty[] tensors = [.. JsonDocument.Parse(file.AsMemory(8, length)).RootElement.EnumerateObject()];
        Assert.Equal("pt", tensors.Single(tensor => tensor.Name == "__metadata__").Value.GetProperty("format").GetString());
        foreach (JsonElement tensor in tensors.Where(tensor => tensor.Name != "__metadata__").Select(tensor => tensor.Value).OrderBy(tensor => tensor.GetProperty("data_offsets")[0].GetInt64()))
        {
            Assert.Equal(["data_offsets", "dtype", "shape"], tensor.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
            Assert.Equal(reached, tensor.GetProperty("data_offsets")[0].GetInt64());
            reached = tensor.GetProperty("data_offsets")[1].GetInt64();
            Assert.Equal(sizes[tensor.GetProperty("dtype").GetString()!] * tensor.GetProperty("shape").EnumerateArray().Aggregate(1L, (product, extent) => product * extent.GetInt64()), reached - tensor.GetProperty("data_offsets")[0].GetInt64());
        }

        Assert.Equal(file.Length, 8 + length + reached);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void GradientsReadUnderTheSameNames(string model)
    {
        string source = Oracles.Path($"models/{model}");
        using DisposeScope scope = NewDisposeScope();
        TensorLayout layout = TensorLayout.For(ModelConfig.Read(source));
        using SafetensorsReader gradients = SafetensorsReader.Open(Path.Combine(source, "grads.safetensors"));
        Assert.Equal(layout.StoredShapes.Keys.Order(), gradients.Entries.Keys.Order());
        foreach (StoredParameter parameter in layout.Parameters)
            Assert.Equal(parameter.Shape, new Shape(parameter.Read(gradients.Load).shape));
    }

    [Fact]
    public void ShardsOverTheLimitAndReadsThemBack()
    {
        string source = Oracles.Path("models/llama_base");
        using TemporaryFolder temporary = new();
        using DisposeScope scope = NewDisposeScope();
        using CheckpointFolder original = CheckpointFolder.Open(source);
        string copy = Path.Combine(temporary.Path, "copy");
        CheckpointFolder.Save(copy, original.Config, original.Shapes.Keys.Reverse().Select(name => (name, original.LoadTensor(name))), StorageType.BFloat16, source, shardBytes: 20_000);

        Assert.True(Directory.GetFiles(copy, "model-*-of-*.safetensors").Length > 2);
        Assert.False(File.Exists(Path.Combine(copy, "model.safetensors")));
        using CheckpointFolder loaded = CheckpointFolder.Open(copy);
        Assert.Equal(StorageType.BFloat16, loaded.Config.StorageType);
        foreach (string name in original.Shapes.Keys)
            Assert.True(original.LoadTensor(name, ScalarType.BFloat16).bytes.SequenceEqual(loaded.LoadTensor(name).bytes), name);
    }
}
