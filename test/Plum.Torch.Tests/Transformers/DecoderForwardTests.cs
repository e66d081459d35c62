using Plum.Models;
using Plum.Torch.Checkpoints;
using Plum.Torch.Decoding;
using Plum.Torch.Tests.Decoding;
using Plum.Torch.Transformers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Transformers;

public sealed class DecoderForwardTests
{
    /// <summary>transformers' GPT2Attention: scores are divided by sqrt(head_size) where scale_attn_weights says so, and by the layer's number with scale_attn_by_inverse_layer_idx.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void Gpt2_s_scales_are_those_of_its_queries(bool scaled, bool byLayer)
    {
        using var _ = no_grad();
        using DisposeScope scope = NewDisposeScope();
        ModelConfig plain = RowForwardTests.Models["learned positions, error function"], config = plain with { ScaledAttention = scaled, ScaledByLayer = byLayer };
        using Decoder decoder = RowForwardTests.Random(config);
        Dictionary<string, Tensor> multiplied = decoder.Parameters.ToDictionary(p => p.Key, p => ParameterName.Parse(p.Key) is { Role: ParameterRole.Query } query
            ? p.Value * ((scaled ? 1 : Math.Sqrt(7)) / (byLayer ? query.Layer + 1 : 1))
            : p.Value.clone());
        using Decoder expected = new(plain, multiplied, decoder.Device);
        GenerationRequest request = RowForwardTests.Request(config, length: 33, count: 2, new SamplingOptions(MaxTokens: 20));
        foreach (SnapshotKind kind in Enum.GetValues<SnapshotKind>())
        {
            if (kind == SnapshotKind.Kernels && !Snapshot.SuitsKernels(config, decoder.Device)) continue;
            using Snapshot snapshot = kind.Freeze(decoder);
            foreach (Generation sample in new ContinuousBatch(snapshot, null, new HashSet<int>(), maxRows: 2).Run([request], TestContext.Current.CancellationToken)[0])
            {
                float[] fresh = RowForwardTests.Fresh(expected, ScalarType.Float32, request.Prompt, sample.TokenIds);
                Assert.All(fresh.Zip(sample.LogProbs), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
                Assert.All(fresh.Zip(RowForwardTests.Fresh(decoder, ScalarType.Float32, request.Prompt, sample.TokenIds)), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
                using Decoder unscaled = new(plain, decoder.Parameters.ToDictionary(p => p.Key, p => p.Value.clone()), decoder.Device);
                Assert.Contains(fresh.Zip(RowForwardTests.Fresh(unscaled, ScalarType.Float32, request.Prompt, sample.TokenIds)), pair => Math.Abs(pair.First - pair.Second) > 1e-2);
            }
        }
    }

    /// <summary>MKL rounds by where operands lie: weights drawn alike have to lie alike.</summary>
    [Fact]
    public void Weights_that_are_drawn_alike_compute_the_same_bits_wherever_memory_was_free()
    {
        using var _ = no_grad();
        using DisposeScope scope = NewDisposeScope();
        ModelConfig config = RowForwardTests.Models["head size 64, window 33"];
        Tensor tokens = full([1, 1], 5, ScalarType.Int64);
        List<byte[]> between = [];
        string[] logits = [.. Enumerable.Range(1, 12).Select(time =>
        {
            between.Add(new byte[8 * time]);
            using Decoder decoder = Decoder.Create(config, new DrawKey(1, 0, "weights"));
            return Convert.ToHexString(PaddedForward.Logits(decoder, DecoderWeights.Arrange(config, decoder.Parameters, ScalarType.Float32), tokens).bytes);
        })];
        Assert.Single(logits.Distinct());
    }
}
