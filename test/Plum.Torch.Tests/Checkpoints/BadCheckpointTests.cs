using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Plum.Torch.Checkpoints;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Checkpoints;

/// <summary>Each kind of bad folder is refused with a message that names the file and what is wrong in it.</summary>
public sealed class BadCheckpointTests : IDisposable
{
    private const string Config = """
        {"model_type": "llama", "hidden_size": 8, "num_attention_heads": 2, "num_hidden_layers": 1, "num_key_value_heads": 1,
         "intermediate_size": 12, "vocab_size": 5, "max_position_embeddings": 16}
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{"model_type": "mamba"}""", "\"mamba\" is not supported; supported are llama")]
    [InlineData("""{"hidden_size": 8}""", "model_type is missing")]
    [InlineData("""{"model_type": "llama"}""", "hidden_size is missing")]
    [InlineData("""{"model_type": 3}""", "model_type is a number")]
    [InlineData("{", "is not valid JSON")]
    [InlineData("[]", "holds a list")]
    public void ConfigsThatCannotBeRead(string config, string message) => Refused(config, message);

    [Theory]
    [InlineData("hidden_act", "\"swiglu\"", "hidden_act \"swiglu\"")]
    [InlineData("rope_scaling", """{"rope_type": "longrope", "factor": 2}""", "\"longrope\"")]
    [InlineData("rope_scaling", """{"type": "linear"}""", "factor is missing")]
    [InlineData("rope_scaling", """{"type": "linear", "factor": 0.5}""", "at least 1")]
    [InlineData("quantization_config", """{"quant_method": "gptq"}""", "gptq")]
    [InlineData("partial_rotary_factor", "0.5", "partial_rotary_factor")]
    [InlineData("rope_parameters", """{"full_attention": {"rope_type": "default"}, "sliding_attention": {"rope_type": "default"}}""", "rope_parameters of their own for full_attention")]
    [InlineData("rope_scaling", """{"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4}""", "original_max_position_embeddings is missing")]
    [InlineData("num_key_value_heads", "3", "not a multiple")]
    [InlineData("hidden_size", "0", "hidden_size has to be positive")]
    [InlineData("hidden_size", "\"8\"", "hidden_size is a string")]
    [InlineData("head_dim", "5", "odd")]
    [InlineData("torch_dtype", "\"int8\"", "int8")]
    [InlineData("layer_types", """["linear_attention"]""", "linear_attention")]
    public void SettingsThatAreNotSupported(string key, string value, string message)
    {
        JsonObject config = JsonNode.Parse(Config)!.AsObject();
        config[key] = JsonNode.Parse(value);
        Refused(config.ToJsonString(), message);
    }

    [Fact]
    public void AFolderWithoutWeightsOrWithPickledOnes()
    {
        Refused(Config, "has neither model.safetensors nor");
        folder.Write("pytorch_model.bin", "");
        Refused(Config, "pickle");
        Assert.Contains("is not a folder", Assert.Throws<InputException>(() => CheckpointFolder.Open(Path.Combine(folder.Path, "absent"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TensorsThatAreMissingUnknownOrMisShaped()
    {
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = Tensors();
        Write(tensors);
        CheckpointFolder.Open(folder.Path).Dispose();

        tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = ones(2);
        Write(tensors);
        CheckpointFolder.Open(folder.Path).Dispose();

        tensors["model.layers.1.mlp.up_proj.weight"] = ones(12, 8);
        Write(tensors);
        Refused(Config, "model.safetensors: tensor 'model.layers.1.mlp.up_proj.weight' has no place");

        tensors = Tensors();
        tensors.Remove("model.norm.weight");
        Write(tensors);
        Refused(Config, "no tensor 'model.norm.weight' of shape [8]");

        tensors = Tensors();
        tensors["model.layers.0.self_attn.k_proj.weight"] = ones(8, 8);
        Write(tensors);
        Refused(Config, "'model.layers.0.self_attn.k_proj.weight' has shape [8, 8]; config.json asks for [4, 8]");

        tensors = Tensors();
        tensors["model.norm.weight"] = ones(8, dtype: ScalarType.Int32);
        Write(tensors);
        Refused(Config, "'model.norm.weight' holds Int32");
    }

    [Fact]
    public void AnIndexThatDoesNotMatchItsShards()
    {
        using DisposeScope scope = NewDisposeScope();
        SafetensorsWriter.Write(Path.Combine(folder.Path, "a.safetensors"), Tensors());
        folder.Write("model.safetensors.index.json", """{"weight_map": {"model.norm.weight": "b.safetensors"}}""");
        Refused(Config, "b.safetensors cannot be read");
        folder.Write("model.safetensors.index.json", """{"weight_map": {"model.norm.bias": "a.safetensors"}}""");
        Refused(Config, "a.safetensors has no tensor 'model.norm.bias'");
        folder.Write("model.safetensors.index.json", """{"weight_map": {"model.norm.weight": "../a.safetensors"}}""");
        Refused(Config, "not a file of this folder");
        folder.Write("model.safetensors.index.json", "{}");
        Refused(Config, "weight_map is missing");
    }

    [Fact]
    public void EveryTruncationOfAFileIsNoticed()
    {
        using DisposeScope scope = NewDisposeScope();
        Write(Tensors());
        string file = Path.Combine(folder.Path, "model.safetensors");
        byte[] whole = File.ReadAllBytes(file);
        for (int length = 0; length < whole.Length; length += 1 + (whole.Length / 97))
        {
            File.WriteAllBytes(file, whole[..length]);
            Assert.Contains(file, Assert.Throws<InputException>(() => SafetensorsReader.Open(file)).Message, StringComparison.Ordinal);
        }

        File.WriteAllBytes(file, [.. whole, 0]);
        Assert.Contains("belong to no tensor", Assert.Throws<InputException>(() => SafetensorsReader.Open(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}""", 4, "tensor 'a' of shape [2] and type F32 needs 8 bytes")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "b": {"dtype": "F32", "shape": [1], "data_offsets": [2, 6]}}""", 6, "overlaps")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}""", 8, "4 bytes before tensor 'a'")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [8, 4]}}""", 8, "data_offsets [8, 4]")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}""", 4, "shape [-1]")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [4611686018427387904, 8], "data_offsets": [0, 4]}}""", 4, "impossible shape")]
    [InlineData("""{"a": {"dtype": "F8_E4M3", "shape": [1], "data_offsets": [0, 1]}}""", 1, "F8_E4M3")]
    [InlineData("""{"a": {"shape": [1], "data_offsets": [0, 1]}}""", 1, "malformed")]
    [InlineData("""{"a": 3}""", 0, "malformed")]
    [InlineData("[]", 0, "not a JSON object")]
    [InlineData("{", 0, "malformed")]
    public void HeadersThatAreWrong(string header, int data, string message)
    {
        byte[] json = Encoding.UTF8.GetBytes(header), file = new byte[8 + json.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        string path = Path.Combine(folder.Path, "x.safetensors");
        File.WriteAllBytes(path, file);
        string told = Assert.Throws<InputException>(() => SafetensorsReader.Open(path)).Message;
        Assert.Contains(message, told, StringComparison.Ordinal);
        Assert.Contains(path, told, StringComparison.Ordinal);
    }

    /// <summary>The format allows 100 MB of header; a length is believed only as far as the file reaches.</summary>
    [Theory]
    [InlineData(100_000_001L, "more than the format allows")]
    [InlineData(-1L, "more than the format allows")]
    [InlineData(1000L, "of a file of 10")]
    public void HeadersThatAreTooLong(long length, string message)
    {
        byte[] file = new byte[10];
        BinaryPrimitives.WriteInt64LittleEndian(file, length);
        string path = Path.Combine(folder.Path, "x.safetensors");
        File.WriteAllBytes(path, file);
        Assert.Contains(message, Assert.Throws<InputException>(() => SafetensorsReader.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NothingIsLeftBehindByASaveThatFails()
    {
        using DisposeScope scope = NewDisposeScope();
        Write(Tensors());
        folder.Write("config.json", Config);
        using CheckpointFolder source = CheckpointFolder.Open(folder.Path);
        string copy = Path.Combine(folder.Path, "copy");
        Assert.Throws<ArgumentException>(() => CheckpointFolder.Save(copy, source.Config, [("final_norm.weight", ones(8))], StorageType.Float32, folder.Path));
        Assert.Throws<ArgumentException>(() => CheckpointFolder.Save(copy, source.Config, [("final_norm.weight", ones(9))], StorageType.Float32, folder.Path));
        Assert.Empty(Directory.GetDirectories(folder.Path));
    }

    /// <summary>A tensor over 2 GB, more than a span covers: slow and large, so only when asked for.</summary>
    [Fact(Explicit = true)]
    public void TensorsOverTwoGigabytes()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor large = arange(1_200_000_000, dtype: ScalarType.BFloat16);
        string file = Path.Combine(folder.Path, "large.safetensors");
        SafetensorsWriter.Write(file, new Dictionary<string, Tensor> { ["large"] = large });
        using SafetensorsReader reader = SafetensorsReader.Open(file);
        Assert.True(large.eq(reader.Load("large")).all().item<bool>());
    }

    private static Dictionary<string, Tensor> Tensors()
    {
        JsonObject config = JsonNode.Parse(Config)!.AsObject();
        using TemporaryFolder temporary = new();
        temporary.Write("config.json", config.ToJsonString());
        return TensorLayout.For(ModelConfig.Read(temporary.Path)).StoredShapes.ToDictionary(item => item.Key, item => ones(item.Value.ToArray()));
    }

    private void Write(Dictionary<string, Tensor> tensors)
    {
        folder.Write("config.json", Config);
        SafetensorsWriter.Write(Path.Combine(folder.Path, "model.safetensors"), tensors);
    }

    private void Refused(string config, string message)
    {
        folder.Write("config.json", config);
        string told = Assert.Throws<InputException>(() => CheckpointFolder.Open(folder.Path)).Message;
        Assert.Contains(message, told, StringComparison.Ordinal);
    }
}
