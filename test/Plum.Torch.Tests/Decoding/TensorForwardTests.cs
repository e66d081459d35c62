using Plum.Models;
using Plum.Torch.Checkpoints;
using Plum.Torch.Decoding;
using Plum.Torch.Tests.Training.Losses;
using Plum.Torch.Transformers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Decoding;

/// <summary>Sampling through libtorch's operations, beside the kernels' and by itself.</summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class TensorForwardTests
{
    [Theory]
    [InlineData("head size 64, window 33")]
    [InlineData("learned positions, error function")]
    public void It_draws_the_tokens_that_the_kernels_draw(string name)
    {
        using Decoder decoder = RowForwardTests.Random(RowForwardTests.Models[name]);
        using Snapshot kernels = SnapshotKind.Kernels.Freeze(decoder), tensors = SnapshotKind.Libtorch.Freeze(decoder);
        GenerationRequest[] requests = [.. ((int[])[1, 40, 97]).Select(length => RowForwardTests.Request(decoder.Config, length, count: 6, new SamplingOptions(0.8, MaxTokens: 50, TopK: 30)))];
        IReadOnlyList<IReadOnlyList<Generation>>[] both = [.. ((Snapshot[])[kernels, tensors]).Select(snapshot =>
            new ContinuousBatch(snapshot, null, new HashSet<int>(), maxRows: 7, threads: 2).Run(requests, TestContext.Current.CancellationToken))];
        Assert.Equal(both[0].SelectMany(samples => samples).Select(sample => sample.TokenIds), both[1].SelectMany(samples => samples).Select(sample => sample.TokenIds));
    }

    [Fact]
    public void In_bfloat16_log_probs_are_as_near_as_training_s_own()
    {
        using var _ = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = RowForwardTests.Random(RowForwardTests.Models["head size 64, window 33"]);
        using Snapshot snapshot = SnapshotKind.Libtorch.Freeze(decoder, ScalarType.BFloat16);
        GenerationRequest request = RowForwardTests.Request(decoder.Config, length: 150, count: 4, new SamplingOptions(MaxTokens: 40));
        foreach (Generation sample in new ContinuousBatch(snapshot, null, new HashSet<int>(), maxRows: 4).Run([request], TestContext.Current.CancellationToken)[0])
        {
            float[] exact = RowForwardTests.Fresh(decoder, ScalarType.Float32, request.Prompt, sample.TokenIds), brain = RowForwardTests.Fresh(decoder, ScalarType.BFloat16, request.Prompt, sample.TokenIds);
            Assert.InRange(exact.Zip(sample.LogProbs, (a, b) => Math.Abs(a - b)).Average(), 0, 2 * exact.Zip(brain, (a, b) => Math.Abs(a - b)).Average());
        }
    }

    /// <summary>Past the positions it was made for, a text's angles follow its length (transformers' _compute_dynamic_ntk_parameters): the kernels' tables do not.</summary>
    [Fact]
    public void With_dynamic_ntk_a_prompt_may_be_longer_than_the_model_s_positions()
    {
        ModelConfig config = RowForwardTests.Qwen with { MaxPositions = 40, RopeScaling = new RopeScaling.Dynamic(2, 40) };
        using var _ = no_grad();
        using Decoder decoder = RowForwardTests.Random(config);
        using Snapshot snapshot = Snapshot.Of(decoder, ScalarType.Float32);
        Assert.IsType<TensorSnapshot>(snapshot);
        ContinuousBatch batch = new(snapshot, null, new HashSet<int>(), maxRows: 2);
        GenerationRequest request = RowForwardTests.Request(config, length: 60, count: 2, new SamplingOptions(MaxTokens: 100));
        IReadOnlyList<Generation> samples = batch.Run([request], TestContext.Current.CancellationToken)[0];
        // The prompt's own angles are those of 60 tokens; each later token's are those of the text up to it.
        float[] first = PaddedForward.Logits(decoder, DecoderWeights.Arrange(config, decoder.Parameters, ScalarType.Float32), tensor(request.Prompt.Select(id => (long)id).ToArray(), device: decoder.Device).unsqueeze(0))
            [0, -1].log_softmax(0).cpu().data<float>().ToArray();
        Assert.All(samples, sample => Assert.Equal(first[sample.TokenIds[0]], sample.LogProbs[0], 1e-4));
        Assert.All(samples, sample => Assert.Equal(80 - 60 + 1, sample.TokenIds.Count));
        Assert.Throws<InputException>(() => batch.Run([RowForwardTests.Request(config, length: 81, count: 1, new SamplingOptions())], TestContext.Current.CancellationToken));
    }
}
