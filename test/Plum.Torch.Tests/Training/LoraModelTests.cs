using Plum.Rounds;
using Plum.Torch.Checkpoints;
using Plum.Torch.Tests.Checkpoints;
using Plum.Torch.Training;
using Plum.Torch.Transformers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Training;

public sealed class LoraModelTests
{
    public static TheoryData<string> Cases => Oracles.Cases("models");

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_folder_written_is_the_merged_policy_with_PEFT_s_adapter_inside(string name)
    {
        string source = Oracles.Path($"models/{name}");
        using TemporaryFolder folder = new();
        using DisposeScope scope = NewDisposeScope();
        using CheckpointFolder original = CheckpointFolder.Open(source);
        LoraOptions options = new(Rank: 2, Alpha: 6, Targets: "q,v,o,up", RankStabilized: name.Length % 2 == 0);
        using LoraModel model = new(FrozenDecoder.Load(original, ScalarType.Float32), options, new DrawKey(1, 0, "train"));
        foreach ((string master, Tensor value) in model.Masters)
        {
            if (master.EndsWith("lora_B", StringComparison.Ordinal)) value.copy_(randn(value.shape));
        }

        string path = Path.Combine(folder.Path, "policy");
        model.Save(path, source);

        using AdapterFolder adapter = AdapterFolder.Open(Path.Combine(path, "adapter"), original.Config);
        using CheckpointFolder merged = CheckpointFolder.Open(path);
        Assert.Equal(original.Config.StorageType, merged.Config.StorageType);
        // bfloat16 keeps 8 bits, float16 11.
        double rounding = original.Config.StorageType switch { StorageType.BFloat16 => 1.0 / 256, StorageType.Float16 => 1.0 / 2048, _ => 1e-6 };
        double scale = options.Alpha / (options.RankStabilized ? Math.Sqrt(2) : 2);
        foreach (string weight in model.Adapted)
        {
            Tensor delta = mm(model.Masters[weight + ".lora_B"], model.Masters[weight + ".lora_A"]) * scale;
            Assert.True((delta - adapter.LoadDelta(weight)).abs().max().item<float>() < 1e-4, weight);
            Tensor expected = original.LoadTensor(weight, ScalarType.Float32) + delta;
            Assert.True((expected - merged.LoadTensor(weight, ScalarType.Float32)).abs().max().item<float>() < (rounding * expected.abs().max().item<float>()) + 1e-5, weight);
        }
    }

    [Fact]
    public void Fresh_updates_are_the_seed_s()
    {
        string source = Oracles.Path("models/llama_base");
        using CheckpointFolder folder = CheckpointFolder.Open(source);
        float[] First(ulong seed)
        {
            using LoraModel model = new(FrozenDecoder.Load(folder, ScalarType.BFloat16), new LoraOptions(Rank: 4, Targets: "q"), new DrawKey(seed, 0, "train"));
            Assert.Equal(ScalarType.BFloat16, model.Base.Weights.Head.dtype);
            Assert.Equal(ScalarType.Float32, model.Base.Weights.FinalNorm.dtype);
            Assert.All(model.Masters.Where(m => m.Key.EndsWith("lora_B", StringComparison.Ordinal)), m => Assert.Equal(0, m.Value.abs().max().item<float>()));
            return model.Masters["layers.0.q.weight.lora_A"].data<float>().ToArray();
        }

        float[] values = First(1);
        Assert.Equal(values, First(1));
        Assert.NotEqual(values, First(2));
        double bound = 1 / Math.Sqrt(folder.Config.HiddenSize);
        Assert.All(values, value => Assert.InRange(value, -bound, bound));
        Assert.True(values.Max() > 0.8 * bound && values.Min() < -0.8 * bound);
    }

    [Fact]
    public void Projections_that_the_family_lacks_are_refused()
    {
        using CheckpointFolder folder = CheckpointFolder.Open(Oracles.Path("models/gpt2_base"));
        InputException refused = Assert.Throws<InputException>(() => new LoraModel(FrozenDecoder.Load(folder, ScalarType.Float32), new LoraOptions(Targets: "gate"), new DrawKey(1, 0, "train")));
        Assert.Contains("none of these projections", refused.Message);
    }
}
