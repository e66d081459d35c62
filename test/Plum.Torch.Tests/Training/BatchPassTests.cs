using Plum.Rounds;
using Plum.Torch.Checkpoints;
using Plum.Torch.Kernels;
using Plum.Torch.Training;
using Plum.Torch.Transformers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Training;

/// <summary>Whatever spares memory or time changes neither log-probs nor gradients, in any family.</summary>
public class BatchPassTests
{
    private static readonly CompletionGroup[] Groups =
    [
        new([5, 6, 7, 8], [[9, 10, 11, 12], [9, 10, 11, 13, 14], [9, 20], [21, 22, 23], [9, 10]]),
        new([30, 31], [[32, 33, 34], [32, 33, 34]]),
        new([40, 41, 42], [[43]]),
        new([50, 51, 52, 53, 54], [[55, 56, 57, 58, 59, 60], [55, 56, 61]]),
    ];

    // Each completion token with a weight of its own, so that no gradient can be confused with another's.
    private static readonly float[][] Weights = [.. Groups.Select((g, n) => Enumerable.Range(0, g.Completions.Sum(c => c.Length)).Select(i => MathF.Sin((7 * n) + i + 1)).ToArray())];

    private static readonly LoraOptions[] Updates =
    [
        new(Rank: 3, Alpha: 5), new(Rank: 2, Alpha: 3, Targets: "q,v,down", RankStabilized: true), new(Rank: 2, Alpha: 4, Targets: "attention", Dropout: 0.3),
    ];

    public static TheoryData<string> Cases => Oracles.Cases("models");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Checkpointed_chunked_and_divided_passes_have_the_plain_pass_s_log_probs_and_gradients(string name)
    {
        using FullModel model = new(Load(name));
        Same(model, drops: null);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void They_do_with_low_rank_updates_too(string name)
    {
        foreach (LoraOptions options in Updates)
        {
            using LoraModel model = Lora(name, options);
            Same(model, drops: null);
            if (options.Dropout > 0)
                Close(Run(model, new PassOptions(), 0, Drops), Run(model, new PassOptions(Checkpoint: true), 0, Drops), "checkpointed, with dropout");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Low_rank_updates_are_the_weights_they_add_up_to(string name)
    {
        foreach (LoraOptions options in Updates)
        {
            using DisposeScope scope = NewDisposeScope();
            using LoraModel model = Lora(name, options);
            using Decoder merged = Load(name);
            double scale = options.Alpha / (options.RankStabilized ? Math.Sqrt(options.Rank) : options.Rank);
            foreach (string weight in model.Adapted)
                merged.Parameters[weight].add_(mm(model.Masters[weight + ".lora_B"], model.Masters[weight + ".lora_A"]) * scale);
            using FullModel full = new(Copy(merged));
            (float[] logProbs, Dictionary<string, Tensor> gradients) = Run(model, new PassOptions(), 0, null);
            (float[] expected, Dictionary<string, Tensor> whole) = Run(full, new PassOptions(), 0, null);
            Close(expected, logProbs, "log-probs");
            foreach (string weight in model.Adapted)
            {
                Tensor a = model.Masters[weight + ".lora_A"], b = model.Masters[weight + ".lora_B"];
                Close(mm(b.t(), whole[weight]) * scale, gradients[weight + ".lora_A"], weight);
                Close(mm(whole[weight], a.t()) * scale, gradients[weight + ".lora_B"], weight);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fused_layers_are_taken_where_the_family_is_theirs_and_nothing_but_updates_is_trained(string name)
    {
        using LoraModel updates = Lora(name, Updates[0]), dropping = Lora(name, Updates[2]);
        using FullModel full = new(Load(name));
        ModelConfig config = updates.Model.Config;
        bool theirs = Processor.HasKernels && TestDevice.Device.type == DeviceType.CPU
            && config is { Norm: NormKind.Rms, GatedMlp: true, Activation: Activation.Silu, Position: PositionKind.Rope, OutputBias: false, MlpBias: false }
            && config.SlidingWindows.All(window => window is null);
        Assert.Equal(theirs, Fused(updates, null));
        Assert.False(Fused(full, null));
        Assert.False(Fused(dropping, Drops));

        static bool Fused(TrainedModel model, DrawKey? drops)
        {
            PassClock clock = new();
            Run(model, new PassOptions(Fused: true, Clock: clock), 0, drops);
            return clock.Seconds.Any(one => one.Kind == "gate");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void In_bfloat16_fused_layers_are_as_near_to_float32_as_libtorch_s_operations(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using LoraModel wide = Lora(name, Updates[0]), narrow = Lora(name, Updates[0], ScalarType.BFloat16);
        var exact = Run(wide, new PassOptions(), 0, null);
        var plain = Run(narrow, new PassOptions(WholeLogits: 0, Runs: true), 0, null, ScalarType.BFloat16);
        foreach (bool checkpoint in (bool[])[false, true])
        {
            var fused = Run(narrow, new PassOptions(checkpoint, Fused: true), 0, null, ScalarType.BFloat16);
            Assert.InRange(Distance(exact.LogProbs, fused.LogProbs), 0, 1.2 * Distance(exact.LogProbs, plain.LogProbs));
            Assert.InRange(Apart(fused), 0, 1.2 * Apart(plain));
        }

        double Distance(float[] one, float[] other) => Math.Sqrt(one.Zip(other, (a, b) => (double)(a - b) * (a - b)).Sum());
        double Apart((float[] LogProbs, Dictionary<string, Tensor> Gradients) some) =>
            Math.Sqrt(exact.Gradients.Sum(one => (double)(one.Value - some.Gradients[one.Key]).square().sum().item<float>()));
    }

    [Fact]
    public void Fresh_updates_change_nothing_and_dropout_does_something()
    {
        string name = Oracles.Folders("models").FirstOrDefault() ?? Oracles.None;
        using DisposeScope scope = NewDisposeScope();
        using FullModel full = new(Load(name));
        using CheckpointFolder folder = CheckpointFolder.Open(Oracles.Path($"models/{name}"));
        using LoraModel fresh = new(FrozenDecoder.Load(folder, ScalarType.Float32, TestDevice.Device), new LoraOptions(), new DrawKey(1, 0, "train"));
        Close(Run(full, new PassOptions(), 0, null).LogProbs, Run(fresh, new PassOptions(), 0, null).LogProbs, name);
        using LoraModel dropping = Lora(name, Updates[2]);
        Assert.NotEqual(Run(dropping, new PassOptions(), 0, null).LogProbs, Run(dropping, new PassOptions(), 0, Drops).LogProbs);
    }

    private static DrawKey? Drops => new DrawKey(3, 1, "drop");

    private static void Same(TrainedModel model, DrawKey? drops)
    {
        using DisposeScope scope = NewDisposeScope();
        var plain = Run(model, new PassOptions(), 0, drops);
        Close(plain, Run(model, new PassOptions(Checkpoint: true), 0, drops), "checkpointed");
        Close(plain, Run(model, new PassOptions(WholeLogits: 0, Chunk: 3), 0, drops), "chunked");
        Close(plain, Run(model, new PassOptions(Runs: true), 0, drops), "run by run");
        Close(plain, Run(model, new PassOptions(Fused: true), 0, drops), "fused");
        Close(plain, Run(model, new PassOptions(Checkpoint: true, Chunk: 3, Fused: true), 12, drops), "fused, checkpointed and chunked");
        Close(plain, Run(model, new PassOptions(Checkpoint: true, WholeLogits: 0, Runs: true, Chunk: 5), 12, drops), "all of it");
    }

    private static Decoder Load(string name)
    {
        using CheckpointFolder folder = CheckpointFolder.Open(Oracles.Path($"models/{name}"));
        return Decoder.Load(folder, device: TestDevice.Device);
    }

    private static Decoder Copy(Decoder model) => new(model.Config, model.Parameters.ToDictionary(p => p.Key, p => p.Value.clone().DetachFromDisposeScope()), model.Device);

    private static LoraModel Lora(string name, LoraOptions options, ScalarType type = ScalarType.Float32)
    {
        using CheckpointFolder folder = CheckpointFolder.Open(Oracles.Path($"models/{name}"));
        LoraModel model = new(FrozenDecoder.Load(folder, type, TestDevice.Device), options, new DrawKey(1, 0, "train"));
        using Generator draws = new(4);
        using DisposeScope scope = NewDisposeScope();
        foreach ((string master, Tensor value) in model.Masters)
        {
            if (master.EndsWith("lora_B", StringComparison.Ordinal))
                value.copy_(randn(value.shape, generator: draws) * 0.1);
        }

        return model;
    }

    private static (float[] LogProbs, Dictionary<string, Tensor> Gradients) Run(TrainedModel model, PassOptions options, int budget, DrawKey? drops, ScalarType type = ScalarType.Float32)
    {
        using GradientWorkers workers = new(model, 2, type);
        int[][] parts = MicroBatches.Of([0, 1, 2, 3], g => Groups[g].Tokens, budget, 2);
        float[][] logProbs = new float[Groups.Length][];
        workers.Accumulate(parts, drops, (decoder, weights, part) =>
        {
            using PackedBatch batch = PackedBatch.Pack([.. part.Select(g => Groups[g])], 24, decoder.Device);
            BatchPass pass = BatchPass.Run(decoder, weights, batch, options);
            float[] all = pass.LogProbs.detach().data<float>().ToArray();
            int start = 0;
            foreach (int g in part)
            {
                logProbs[g] = all[start..(start + Weights[g].Length)];
                start += Weights[g].Length;
            }

            pass.Backward((pass.LogProbs * tensor(part.SelectMany(g => Weights[g]).ToArray())).sum());
            return 0;
        });
        return ([.. logProbs.SelectMany(g => g)], workers.Masters.ToDictionary(m => m.Key, m => m.Value.grad!.clone()));
    }

    private static void Close((float[] LogProbs, Dictionary<string, Tensor> Gradients) expected, (float[] LogProbs, Dictionary<string, Tensor> Gradients) actual, string how)
    {
        Close(expected.LogProbs, actual.LogProbs, how);
        foreach ((string parameter, Tensor gradient) in expected.Gradients)
            Close(gradient, actual.Gradients[parameter], $"{how}: {parameter}");
    }

    private static void Close(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-5 * Math.Max(1, Math.Abs(expected[i])), $"{what}: {expected[i]} and {actual[i]}");
    }

    private static void Close(Tensor expected, Tensor actual, string what)
    {
        float difference = (expected - actual).abs().max().item<float>();
        Assert.True(difference <= 1e-5 * Math.Max(1, expected.abs().max().item<float>()), $"{what}: {difference}");
    }
}
