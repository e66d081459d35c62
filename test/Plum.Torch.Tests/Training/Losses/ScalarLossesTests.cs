using Plum.Preferences;
using Plum.Torch.Training.Losses;
using Plum.Torch.Training.Losses.Labels;
using Plum.Torch.Training.Losses.Likelihoods;
using Plum.Torch.Training.Losses.Pairs;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Training.Losses;

/// <summary>Each tensor loss against plain arithmetic: values exactly, gradients by central differences of the plain arithmetic.</summary>
public sealed class ScalarLossesTests
{
    private const double Beta = 0.3;
    private const int Count = 12;

    // Arguments of the plain loss: log-probabilities of policy chosen, policy rejected, reference chosen, reference rejected, and the two lengths.
    private static readonly Dictionary<string, (PairLoss Loss, Func<double, double, double, double, double, double, double> Plain)> PairLosses = new()
    {
        ["sigmoid"] = (new SigmoidLoss(Beta), (c, r, a, b, m, n) => ScalarLosses.Sigmoid(c - a, r - b, Beta)),
        ["cdpo"] = (new SigmoidLoss(Beta, 0.2), (c, r, a, b, m, n) => ScalarLosses.Sigmoid(c - a, r - b, Beta, 0.2)),
        ["hinge"] = (new HingeLoss(Beta), (c, r, a, b, m, n) => ScalarLosses.Hinge(c - a, r - b, Beta)),
        ["ipo"] = (new IpoLoss(Beta), (c, r, a, b, m, n) => ScalarLosses.Ipo((c - a) / m, (r - b) / n, Beta)),
        ["ipo sums"] = (new IpoLoss(Beta, PerToken: false), (c, r, a, b, m, n) => ScalarLosses.Ipo(c - a, r - b, Beta)),
        ["exo_pair"] = (new ExoPairLoss(Beta, 0.1), (c, r, a, b, m, n) => ScalarLosses.ExoPair(c - a, r - b, Beta, 0.1)),
        ["nca_pair"] = (new NcaPairLoss(Beta), (c, r, a, b, m, n) => ScalarLosses.NcaPair(c - a, r - b, Beta)),
        ["robust"] = (new RobustLoss(Beta, 0.2), (c, r, a, b, m, n) => ScalarLosses.Robust(c - a, r - b, Beta, 0.2)),
        ["bco_pair"] = (new BcoPairLoss(Beta, Shift: false), (c, r, a, b, m, n) => ScalarLosses.BcoPair(c - a, r - b, Beta, 0)),
        ["sppo_hard"] = (new SppoHardLoss(Beta), (c, r, a, b, m, n) => ScalarLosses.SppoHard(c - a, r - b, Beta)),
        ["apo_zero"] = (new ApoZeroLoss(Beta), (c, r, a, b, m, n) => ScalarLosses.ApoZero(c - a, r - b, Beta)),
        ["apo_down"] = (new ApoDownLoss(Beta), (c, r, a, b, m, n) => ScalarLosses.ApoDown(c - a, r - b, Beta)),
        ["discopop"] = (new DiscoPopLoss(Beta, 0.5), (c, r, a, b, m, n) => ScalarLosses.DiscoPop(c - a, r - b, Beta, 0.5)),
        ["simpo"] = (new SimPoLoss(2, 0.7), (c, r, a, b, m, n) => ScalarLosses.SimPo(c / m, r / n, 2, 0.7)),
        ["odds_ratio"] = (new OddsRatioLoss(Beta), (c, r, a, b, m, n) => ScalarLosses.OddsRatio(c / m, r / n, Beta)),
        ["sigmoid_norm"] = (new LengthNormalizedLoss(new SigmoidLoss(Beta)), (c, r, a, b, m, n) => ScalarLosses.Sigmoid((c - a) / m, (r - b) / n, Beta)),
        ["cpo"] = (new ReferenceFreeLoss(new SigmoidLoss(Beta)), (c, r, a, b, m, n) => ScalarLosses.Sigmoid(c, r, Beta)),
        ["rpo"] = (
            new WeightedPairLoss(new SigmoidLoss(Beta), 1, new ChosenLikelihoodLoss(LikelihoodAverage.Completions), 0.5),
            (c, r, a, b, m, n) => ScalarLosses.Sigmoid(c - a, r - b, Beta) - 0.5 * c / m),
    };

    public static TheoryData<string> PairNames => [.. PairLosses.Keys];

    [Theory]
    [MemberData(nameof(PairNames))]
    public void Pair_losses_equal_plain_arithmetic(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        (PairLoss loss, var plain) = PairLosses[name];
        RandomStream random = new(17);
        double[][] columns = [.. Enumerable.Range(0, 4).Select(_ => Column(random))];
        double[] chosenLengths = [.. columns[0].Select(_ => 3.0 + random.NextInt32(20))], rejectedLengths = [.. columns[0].Select(_ => 3.0 + random.NextInt32(20))];
        Tensor chosen = torch.tensor(columns[0]).requires_grad_(), rejected = torch.tensor(columns[1]).requires_grad_();
        PairLogProbs pairs = new(chosen, rejected, torch.tensor(columns[2]), torch.tensor(columns[3]), torch.tensor(chosenLengths), torch.tensor(rejectedLengths));
        LossResult result = loss.Compute(pairs);
        result.Loss.backward();

        for (int i = 0; i < Count; i++)
        {
            double At(double moveChosen, double moveRejected) =>
                plain(columns[0][i] + moveChosen, columns[1][i] + moveRejected, columns[2][i], columns[3][i], chosenLengths[i], rejectedLengths[i]);
            const double Step = 1e-5;
            double expected = At(0, 0);
            Assert.Equal(expected, result.PerExample[i].item<double>(), 1e-9 * Math.Max(1, expected));
            Assert.Equal((At(Step, 0) - At(-Step, 0)) / (2 * Step) / Count, chosen.grad![i].item<double>(), 1e-6);
            Assert.Equal((At(0, Step) - At(0, -Step)) / (2 * Step) / Count, rejected.grad is null ? 0 : rejected.grad[i].item<double>(), 1e-6);
        }
    }

    [Fact]
    public void Label_losses_equal_plain_arithmetic()
    {
        using DisposeScope scope = NewDisposeScope();
        RandomStream random = new(23);
        double[] policy = Column(random), reference = Column(random), mismatched = Column(random), mismatchedReference = Column(random);
        bool[] labels = [.. policy.Select((_, i) => i % 3 == 0)];
        LabelLogProbs batch = new(torch.tensor(policy), torch.tensor(reference), torch.tensor(labels), torch.tensor(mismatched), torch.tensor(mismatchedReference));
        double z = Math.Max(0, mismatched.Zip(mismatchedReference, (m, n) => m - n).Average());
        double delta = (float)policy.Zip(reference, (p, q) => Beta * (p - q)).Average();
        LossResult kto = new KtoLoss(Beta, 1.3, 0.7).Compute(batch), apo = new ApoZeroUnpairedLoss(Beta, 1.3, 0.7).Compute(batch), bco = new BcoLoss(Beta).Compute(batch);
        LossResult sum = new WeightedLabelLoss(new KtoLoss(Beta, 1.3, 0.7), 2, new BcoLoss(Beta), 0.5).Compute(batch);
        for (int i = 0; i < Count; i++)
        {
            double u = policy[i] - reference[i], weight = labels[i] ? 1.3 : 0.7;
            double expected = ScalarLosses.Kto(labels[i], u, z, Beta, weight), other = ScalarLosses.Bco(labels[i], u, Beta, delta);
            Assert.Equal(expected, kto.PerExample[i].item<double>(), 1e-12);
            Assert.Equal(ScalarLosses.Kto(labels[i], u, 0, Beta, weight), apo.PerExample[i].item<double>(), 1e-12);
            Assert.Equal(other, bco.PerExample[i].item<double>(), 1e-12);
            Assert.Equal(2 * expected + 0.5 * other, sum.PerExample[i].item<double>(), 1e-12);
        }

        Assert.Equal(z, kto.Metrics.Means()["kl"], 1e-12);
        Assert.Equal(1, bco.State.Batches);
    }

    [Fact]
    public void Likelihood_averages_are_over_what_they_say()
    {
        using DisposeScope scope = NewDisposeScope();
        CompletionLogProbs batch = new(torch.tensor([-6.0, -2.0]), torch.tensor([12L, 1L]));
        Assert.Equal(8.0 / 13, new NllLoss().Compute(batch).Loss.item<double>(), 1e-12);
        Assert.Equal((0.5 + 2) / 2, new NllLoss(LikelihoodAverage.Completions).Compute(batch).Loss.item<double>(), 1e-12);
        Assert.Equal(4, new NllLoss(LikelihoodAverage.Sums).Compute(batch).Loss.item<double>(), 1e-12);
        Assert.Equal(4.0 / 20, new NllLoss().Compute(batch with { MeanLength = 20 }).Loss.item<double>(), 1e-12);
    }

    [Fact]
    public void Aot_sorts_what_it_compares()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor Row(params double[] values) => torch.tensor(values);
        PairLogProbs pairs = new(Row(-1, -5, -3), Row(-9, -2, -4), Row(-2, -2, -2), Row(-1, -4, -7), Row(1, 1, 1), Row(1, 1, 1));

        // Policy margins 8, -3, 1 and reference margins -1, 2, 5; log-ratios of chosen 1, -3, -1 and of rejected -8, 2, 3.
        double[] paired = [-2, -1, 3], unpaired = [5, -3, -2];
        Assert.Equal(paired.Select(x => -ScalarLosses.LogSigmoid(Beta * x)).Average(), new AotLoss(Beta).Compute(pairs).Loss.item<double>(), 1e-12);
        Assert.Equal(unpaired.Select(x => -ScalarLosses.LogSigmoid(Beta * x)).Average(), new AotUnpairedLoss(Beta).Compute(pairs).Loss.item<double>(), 1e-12);
    }

    private static double[] Column(RandomStream random) => [.. Enumerable.Range(0, Count).Select(_ => -8 + 3 * random.NextNormal()).Select(x => Math.Min(x, -0.5))];
}
