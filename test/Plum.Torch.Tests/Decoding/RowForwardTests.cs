using System.Runtime.CompilerServices;
using Plum.Models;
using Plum.Torch.Checkpoints;
using Plum.Torch.Decoding;
using Plum.Torch.Kernels;
using Plum.Torch.Transformers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Decoding;

/// <summary>Sampling's own forward pass against libtorch's, and against itself in other company.</summary>
public sealed class RowForwardTests
{
    internal static readonly ModelConfig Qwen = new(
        ModelFamily.Qwen2, VocabularySize: 131, HiddenSize: 56, Layers: 2, Heads: 7, KeyValueHeads: 1, HeadSize: 8, IntermediateSize: 75,
        MaxPositions: 256, NormKind.Rms, 1e-6, PositionKind.Rope, RopeTheta: 10000, RopeScaling: null, [null, null], Activation.Silu, GatedMlp: true,
        QueryKeyValueBias: true, OutputBias: false, MlpBias: false, TiedEmbeddings: true, MultiQueryFused: false, StorageType.Float32, [], null, null);

    /// <summary>Head sizes beside and beyond a vector, groups, windows across blocks, both norms, every activation, biases.</summary>
    internal static readonly Dictionary<string, ModelConfig> Models = new()
    {
        ["seven query heads a key head"] = Qwen,
        ["untied, head size 40, window 50"] = Qwen with { TiedEmbeddings = false, Heads = 2, KeyValueHeads = 2, HeadSize = 40, SlidingWindows = [50, null], QueryKeyValueBias = false },
        ["head size 64, window 33"] = Qwen with { Family = ModelFamily.Mistral, Heads = 4, KeyValueHeads = 2, HeadSize = 64, SlidingWindows = [33, 33], QueryKeyValueBias = false },
        ["layer norms, biases, tanh"] = Qwen with { Family = ModelFamily.Starcoder2, Norm = NormKind.Layer, GatedMlp = false, Activation = Activation.GeluTanh, OutputBias = true, MlpBias = true, Heads = 4, KeyValueHeads = 2, HeadSize = 14 },
        ["learned positions, error function"] = Qwen with { Family = ModelFamily.Gpt2, Norm = NormKind.Layer, Position = PositionKind.Learned, GatedMlp = false, Activation = Activation.Gelu, OutputBias = true, MlpBias = true, Heads = 8, KeyValueHeads = 8, HeadSize = 7 },
        ["one key head, relu"] = Qwen with { Family = ModelFamily.GptBigCode, Norm = NormKind.Layer, Position = PositionKind.Learned, GatedMlp = false, Activation = Activation.Relu, OutputBias = true, MlpBias = true, Heads = 8, KeyValueHeads = 1, HeadSize = 7, MultiQueryFused = true },
    };

    public static TheoryData<string> ModelNames => new(Models.Keys);

    public static TheoryData<string, SnapshotKind> Names => new(Models.Keys.SelectMany(name => Enum.GetValues<SnapshotKind>(), (name, kind) => (name, kind)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Log_probs_told_while_sampling_equal_those_of_a_fresh_pass(string name, SnapshotKind kind)
    {
        using var _ = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Random(Models[name]);
        using Snapshot snapshot = kind.Freeze(decoder);
        ContinuousBatch batch = new(snapshot, null, new HashSet<int>(), maxRows: 9, threads: 2);
        GenerationRequest[] requests = [.. ((int[])[1, 31, 32, 33, 97]).Select(length => Request(decoder.Config, length, count: 3, new SamplingOptions(0.9, MaxTokens: 70, TopP: 0.98)))];
        IReadOnlyList<IReadOnlyList<Generation>> results = batch.Run(requests, TestContext.Current.CancellationToken);
        foreach ((GenerationRequest request, IReadOnlyList<Generation> samples) in requests.Zip(results))
        {
            foreach (Generation sample in samples)
            {
                Assert.Equal(70, sample.TokenIds.Count);
                Assert.All(Fresh(decoder, ScalarType.Float32, request.Prompt, sample.TokenIds).Zip(sample.LogProbs), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
            }
        }
    }

    [Fact]
    public void In_bfloat16_they_are_those_of_rounded_weights()
    {
        using var _ = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Random(Models["head size 64, window 33"]);
        using Snapshot snapshot = SnapshotKind.Kernels.Freeze(decoder, ScalarType.BFloat16);
        using Decoder rounded = new(decoder.Config, decoder.Parameters.ToDictionary(p => p.Key, p => p.Value.to(ScalarType.BFloat16).to(ScalarType.Float32)), decoder.Device);
        // The prompt goes through the processor's bfloat16 products where it has them, the tokens after it through our own.
        GenerationRequest request = Request(decoder.Config, length: 150, count: 4, new SamplingOptions(MaxTokens: 40));
        foreach (Generation sample in new ContinuousBatch(snapshot, null, new HashSet<int>(), maxRows: 4, threads: 2).Run([request], TestContext.Current.CancellationToken)[0])
        {
            float[] differences = [.. Fresh(rounded, ScalarType.Float32, request.Prompt, sample.TokenIds).Zip(sample.LogProbs, (a, b) => Math.Abs(a - b))];
            float[] ofLibtorch = [.. Fresh(decoder, ScalarType.BFloat16, request.Prompt, sample.TokenIds).Zip(Fresh(rounded, ScalarType.Float32, request.Prompt, sample.TokenIds), (a, b) => Math.Abs(a - b))];
            Assert.InRange(differences.Average(), 0, ofLibtorch.Average());
            Assert.True(differences.Max() < 0.05, $"{differences.Max()}");
        }
    }

    [Fact]
    public void A_sample_of_the_embedded_policy_is_the_same_bits_in_any_company()
    {
        Assert.SkipUnless(Processor.HasKernels, "libtorch chooses its products by the batch's shape.");
        using SamplingModel model = SamplingModel.Open(Policy(), ScalarType.Float32);
        GenerationRequest[] requests = [.. Enumerable.Range(0, 24).Select(i => new GenerationRequest(
            model.Tokenizer.Encode(model.Template!.Render([new ChatMessage("user", $"Return the list of the first {i} of the squares of the numbers in xs.")])),
            new DrawKey(1, 0, "company", $"{i}"), 1 + (i % 5), new SamplingOptions(MaxTokens: 50)))];
        IReadOnlyList<IReadOnlyList<Generation>> Run(int rows, int threads, IEnumerable<GenerationRequest> some) => model.OpenBatch(rows, threads).Run([.. some], TestContext.Current.CancellationToken);

        IReadOnlyList<IReadOnlyList<Generation>> expected = [.. requests.Select(request => Run(1, 1, [request])[0])];
        AssertEqual(expected, Run(128, 1, requests));
        AssertEqual(expected, Run(7, 2, requests));
        AssertEqual(expected, [.. Run(33, 2, requests.Reverse()).Reverse()]);

        static void AssertEqual(IReadOnlyList<IReadOnlyList<Generation>> expected, IReadOnlyList<IReadOnlyList<Generation>> actual)
        {
            Assert.Equal(expected.SelectMany(samples => samples).Select(sample => sample.TokenIds), actual.SelectMany(samples => samples).Select(sample => sample.TokenIds));
            Assert.Equal(expected.SelectMany(samples => samples).SelectMany(sample => sample.LogProbs), actual.SelectMany(samples => samples).SelectMany(sample => sample.LogProbs));
            Assert.Equal(expected.SelectMany(samples => samples).Select(sample => sample.Text), actual.SelectMany(samples => samples).Select(sample => sample.Text));
        }
    }

    [Theory]
    [MemberData(nameof(ModelNames))]
    public void In_bfloat16_too_a_sample_is_the_same_bits_in_any_company(string name)
    {
        using Decoder decoder = Random(Models[name]);
        using Snapshot snapshot = SnapshotKind.Kernels.Freeze(decoder, ScalarType.BFloat16);
        GenerationRequest[] requests = [.. Enumerable.Range(1, 12).Select(i => Request(decoder.Config, length: 7 * i, count: 1 + (i % 4), new SamplingOptions(MaxTokens: 20)))];
        IReadOnlyList<Generation> Run(int rows, int threads, IEnumerable<GenerationRequest> some) =>
            [.. new ContinuousBatch(snapshot, null, new HashSet<int>(), rows, threads).Run([.. some], TestContext.Current.CancellationToken).SelectMany(samples => samples)];

        Generation[] expected = [.. requests.SelectMany(request => Run(1, 1, [request]))];
        foreach (IReadOnlyList<Generation> actual in (IReadOnlyList<Generation>[])[Run(64, 1, requests), Run(64, 2, requests), Run(5, 2, requests), Run(13, 2, requests)])
        {
            Assert.Equal(expected.Select(sample => sample.TokenIds), actual.Select(sample => sample.TokenIds));
            Assert.Equal(expected.SelectMany(sample => sample.LogProbs), actual.SelectMany(sample => sample.LogProbs));
        }
    }

    [Fact]
    public void A_text_ends_with_the_models_positions()
    {
        using Decoder decoder = Random(Qwen with { MaxPositions = 40 });
        using Snapshot snapshot = Snapshot.Of(decoder, ScalarType.Float32);
        ContinuousBatch batch = new(snapshot, null, new HashSet<int>(), maxRows: 2);
        Generation sample = batch.Run([Request(decoder.Config, length: 30, count: 1, new SamplingOptions(MaxTokens: 50))], TestContext.Current.CancellationToken)[0][0];
        Assert.Equal(11, sample.TokenIds.Count);
        Assert.False(sample.Stopped);
    }

    [Theory]
    [InlineData(new int[0], "no tokens")]
    [InlineData(new[] { 1, 131 }, "131")]
    [InlineData(new[] { 1, -1 }, "-1")]
    public void A_prompt_that_is_none_is_bad_input(int[] prompt, string named)
    {
        using Decoder decoder = Random(Qwen);
        using Snapshot snapshot = Snapshot.Of(decoder, ScalarType.Float32);
        ContinuousBatch batch = new(snapshot, null, new HashSet<int>(), maxRows: 2);
        InputException error = Assert.Throws<InputException>(() => batch.Run([new GenerationRequest(prompt, new DrawKey(1, 0, "bad"), 1, new SamplingOptions())], TestContext.Current.CancellationToken));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => batch.Run([Request(decoder.Config, length: 257, count: 1, new SamplingOptions())], TestContext.Current.CancellationToken));
    }

    /// <summary>Weights large enough that attention and non-linearities matter, biases and norms that are not trivial.</summary>
    internal static Decoder Random(ModelConfig config)
    {
        using var _ = no_grad();
        Decoder decoder = Decoder.Create(config, new DrawKey(11, 0, "weights"));
        RandomStream random = new(3);
        foreach ((string name, Tensor parameter) in decoder.Parameters)
        {
            Span<float> values = parameter.bytes.Length == 0 ? [] : System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(parameter.bytes);
            foreach (ref float value in values)
                value = name.EndsWith("norm.weight", StringComparison.Ordinal) ? value + (float)(0.2 * random.NextNormal())
                    : name.EndsWith(".bias", StringComparison.Ordinal) ? (float)(0.2 * random.NextNormal()) : value * 8;
        }

        if (TestDevice.Device.type == DeviceType.CPU) return decoder;
        using (decoder) return new Decoder(config, decoder.Parameters.ToDictionary(p => p.Key, p => p.Value.to(TestDevice.Device)), TestDevice.Device);
    }

    internal static GenerationRequest Request(ModelConfig config, int length, int count, SamplingOptions sampling)
    {
        RandomStream random = new((ulong)length);
        return new GenerationRequest([.. Enumerable.Range(0, length).Select(_ => random.NextInt32(config.VocabularySize))], new DrawKey(5, 0, "rows", $"{length}"), count, sampling);
    }

    internal static float[] Fresh(Decoder decoder, ScalarType dtype, int[] prompt, IReadOnlyList<int> tokens)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] all = [.. prompt.Concat(tokens).Select(token => (long)token)];
        Tensor logits = PaddedForward.Logits(decoder, DecoderWeights.Arrange(decoder.Config, decoder.Parameters, dtype), tensor(all, device: decoder.Device).unsqueeze(0));
        Tensor logProbs = logits[0].cpu().to(ScalarType.Float32).log_softmax(-1).narrow(0, prompt.Length - 1, tokens.Count);
        return logProbs.gather(1, tensor(all[prompt.Length..]).unsqueeze(1)).data<float>().ToArray();
    }

    private static string Policy([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../assets/policy"));
}
