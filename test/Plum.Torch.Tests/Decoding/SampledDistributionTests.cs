using Plum.Torch.Decoding;
using Plum.Torch.Transformers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Decoding;

/// <summary>20,000 samples of a prompt, through a whole session, against the exact softmax of a fresh pass: for each option and each way of sampling.</summary>
public sealed class SampledDistributionTests
{
    public static TheoryData<string, SnapshotKind> Options => new(
        TokenDrawTests.Options.SelectMany(option => Enum.GetValues<SnapshotKind>(), (option, kind) => (option.Data, kind)));

    [Theory]
    [MemberData(nameof(Options))]
    public void Samples_follow_the_exact_softmax(string name, SnapshotKind kind)
    {
        using var _ = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = RowForwardTests.Random(RowForwardTests.Qwen);
        using Snapshot snapshot = kind.Freeze(decoder);
        GenerationRequest request = RowForwardTests.Request(decoder.Config, length: 40, TokenDrawTests.Draws, LogitTransformsTests.Parse(name) with { MaxTokens = 1 });
        IReadOnlyList<Generation> samples = new ContinuousBatch(snapshot, null, new HashSet<int>(), maxRows: 64).Run([request], TestContext.Current.CancellationToken)[0];

        float[] logits = PaddedForward.Logits(decoder, DecoderWeights.Arrange(decoder.Config, decoder.Parameters, ScalarType.Float32), tensor(request.Prompt.Select(id => (long)id).ToArray(), device: decoder.Device).unsqueeze(0))
            [0, -1].cpu().data<float>().ToArray();
        double[] raw = LogitTransformsTests.Softmax(logits);
        LogitTransforms.Apply(logits, request.Sampling, request.Prompt);
        double[] expected = LogitTransformsTests.Softmax(logits);
        int[] counts = new int[expected.Length];
        foreach (Generation sample in samples)
        {
            counts[sample.TokenIds[0]]++;
            Assert.Equal(Math.Log(raw[sample.TokenIds[0]]), sample.LogProbs[0], 1e-4);
        }

        TokenDrawTests.AssertChiSquare(expected, counts);
    }
}
