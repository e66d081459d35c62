using Plum.Torch.Checkpoints;
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
