using Plum.Torch.Checkpoints;
using Plum.Torch.Training;
using Plum.Torch.Training.Losses.Pairs;
using Plum.Torch.Transformers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Training;

/// <summary>Sharing prompts and beginnings changes neither log-probs nor gradients, in any family.</summary>
public class PackedBatchTests
{
    private static readonly CompletionGroup[] Groups =
    [
        new([5, 6, 7, 8], [[9, 10, 11, 12], [9, 10, 11, 13, 14], [9, 20], [21, 22, 23], [9, 10]]),
        new([30, 31], [[32, 33, 34], [32, 33, 34]]),
        new([40, 41, 42], [[43]]),
    ];

    public static TheoryData<string> Cases => Oracles.Cases("models");

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_pack_has_the_log_probs_and_gradients_of_completions_alone(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using CheckpointFolder folder = CheckpointFolder.Open(Oracles.Path(Path.Combine("models", name)));
        using Decoder model = Decoder.Load(folder);
        // Each completion token with a weight of its own, so that no gradient can be confused with another's.
        float[] weights = [.. Enumerable.Range(0, Groups.Sum(g => g.Completions.Sum(c => c.Length))).Select(i => MathF.Sin(i + 1))];

        (float[] together, Dictionary<string, Tensor> gradients) = Run(model, weights, pack => [PackedBatch.Pack(Groups, pack)]);
        (float[] alone, Dictionary<string, Tensor> expected) = Run(model, weights, pack =>
            [.. from g in Groups from c in g.Completions select PackedBatch.Pack([new CompletionGroup(g.Prompt, [c])], pack)]);

        for (int i = 0; i < alone.Length; i++)
            Assert.Equal(alone[i], together[i], 1e-5);
        foreach ((string parameter, Tensor gradient) in expected)
        {
            float difference = (gradients[parameter] - gradient).abs().max().item<float>();
            Assert.True(difference <= 1e-5 * Math.Max(1, gradient.abs().max().item<float>()), $"{parameter}: {difference}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_span_s_loss_does_not_need_what_lies_behind_it(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using CheckpointFolder folder = CheckpointFolder.Open(Oracles.Path(Path.Combine("models", name)));
        using Decoder model = Decoder.Load(folder);
        PreferenceGroup group = new(
            [5, 6, 7, 8],
            [new([9, 10, 11, 12], true), new([9, 10, 13, 14, 15], false), new([9, 20, 21], false)],
            [(0, 1), (0, 2)]);
        Objective.Pairs objective = new(new SigmoidLoss(0.5), Alpha: 2, Span: 1, Bound: 0.25);
        PreferenceGroup seen = objective.Seen(group);

        Assert.Equal([9, 10, 13], seen.Completions[1].Tokens);
        Assert.Equal([9, 20], seen.Completions[2].Tokens);
        Assert.Equal(Loss(model, objective, group), Loss(model, objective, seen), 1e-5);
    }

    [Fact]
    public void A_bound_is_a_floor_under_the_rejected_log_ratio_and_takes_its_gradient_away()
    {
        using DisposeScope scope = NewDisposeScope();
        PreferenceGroup group = new([5], [new([9], true), new([10], false)], [(0, 1)]);
        foreach ((double fallen, double left) in ((double, double)[])[(0, 1), (3, 0.1), (30, 1e-9)])
        {
            using Tensor policy = tensor(new[] { -1f, (float)(-2 - fallen) }).requires_grad_(), reference = tensor(new[] { -1f, -2f });
            ObjectiveValue value = new Objective.Pairs(new SigmoidLoss(0.5), Alpha: 0, Span: 0, Bound: 0.25)
                .Value(new ObjectiveInput([group], [0, 1, 2], policy, reference, StepTotals.Of([group]), 0));
            value.Loss.backward();

            // Bounded-DPO (arXiv 2506.12725): the rejected completion's probability is mixed with a quarter of the reference's.
            double floored = Math.Log((0.75 * Math.Exp(-fallen)) + 0.25), margin = 0.5 * (0 - floored), slope = 0.75 * Math.Exp(-fallen) / ((0.75 * Math.Exp(-fallen)) + 0.25);
            Assert.True(floored >= Math.Log(0.25) - 1e-12);
            Assert.Equal(Math.Log(1 + Math.Exp(-margin)), value.Loss.item<float>(), 1e-5);
            Assert.Equal(0.5 * slope / (1 + Math.Exp(margin)), policy.grad!.data<float>()[1], 1e-6);
            Assert.InRange(slope, 0, fallen == 0 ? 0.75 : left * 1.5);
        }
    }

    private static float Loss(Decoder model, Objective objective, PreferenceGroup group)
    {
        using var _ = no_grad();
        using PackedBatch batch = PackedBatch.Pack([group.Tokens], 32);
        Tensor logProbs = TokenLogProbs.Compute(model, DecoderWeights.Arrange(model.Config, model.Parameters, ScalarType.Float32), batch, out Tensor _);
        return objective.Value(new ObjectiveInput([group], batch.Starts, logProbs, logProbs - 0.1, StepTotals.Of([group]), 0)).Loss.item<float>();
    }

    private static (float[] LogProbs, Dictionary<string, Tensor> Gradients) Run(Decoder model, float[] weights, Func<int, PackedBatch[]> pack)
    {
        Dictionary<string, Tensor> leaves = model.Parameters.ToDictionary(p => p.Key, p => p.Value.detach().requires_grad_(true));
        DecoderWeights arranged = DecoderWeights.Arrange(model.Config, leaves, ScalarType.Float32);
        Tensor logProbs = cat([.. pack(24).Select(batch => TokenLogProbs.Compute(model, arranged, batch, out Tensor _))], 0);
        (logProbs * tensor(weights)).sum().backward();
        return (logProbs.detach().data<float>().ToArray(), leaves.Where(l => l.Value.grad is not null).ToDictionary(l => l.Key, l => l.Value.grad!));
    }
}
