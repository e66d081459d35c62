using Plum.Torch.Training.Losses;
using Plum.Torch.Training.Losses.Labels;
using Plum.Torch.Training.Losses.Pairs;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Training.Losses;

public sealed class LossMetricsTests
{
    [Fact]
    public void Pairs_are_measured_under_TRLs_names()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor Row(params double[] values) => torch.tensor(values);
        PairLogProbs pairs = new(Row(-1, -4), Row(-6, -2), Row(-3, -3), Row(-4, -4), Row(2, 2), Row(2, 2));
        IReadOnlyDictionary<string, double> metrics = new SigmoidLoss(0.5).Compute(pairs).Metrics.Means();
        Assert.Equal(0.25, metrics["rewards/chosen"], 1e-12);
        Assert.Equal(0, metrics["rewards/rejected"], 1e-12);
        Assert.Equal(0.25, metrics["rewards/margins"], 1e-12);
        Assert.Equal(0.5, metrics["rewards/accuracies"], 1e-12);
        Assert.Equal(-2.5, metrics["logps/chosen"], 1e-12);
        Assert.Equal(-4, metrics["logps/rejected"], 1e-12);
    }

    [Fact]
    public void Losses_over_averages_tell_averages_as_TRL_does()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor Row(params double[] values) => torch.tensor(values);
        PairLogProbs pairs = new(Row(-1, -4), Row(-6, -2), null, null, Row(2, 4), Row(3, 1));
        foreach (PairLoss loss in (PairLoss[])[new SimPoLoss(2), new OddsRatioLoss(2), new WeightedPairLoss(new SimPoLoss(2), 1, new ChosenLikelihoodLoss(), 0.5)])
        {
            IReadOnlyDictionary<string, double> metrics = loss.Compute(pairs).Metrics.Means();
            Assert.Equal(-0.75, metrics["logps/chosen"], 1e-12);
            Assert.Equal(-2, metrics["logps/rejected"], 1e-12);
            Assert.Equal(-1.5, metrics["rewards/chosen"], 1e-12);
            Assert.Equal(-4, metrics["rewards/rejected"], 1e-12);
        }
    }

    [Fact]
    public void Batches_of_unequal_size_and_of_one_label_add_up()
    {
        using DisposeScope scope = NewDisposeScope();
        LossMetrics total = new();
        KtoLoss loss = new(1);
        total.Add(loss.Compute(new LabelLogProbs(torch.tensor([3.0, 1.0, 2.0]), zeros([3], ScalarType.Float64), torch.tensor([true, true, false]))).Metrics);
        total.Add(loss.Compute(new LabelLogProbs(torch.tensor([8.0]), zeros([1], ScalarType.Float64), torch.tensor([true]))).Metrics);
        IReadOnlyDictionary<string, double> metrics = total.Means();
        Assert.Equal(4, metrics["rewards/chosen"], 1e-12);
        Assert.Equal(2, metrics["rewards/rejected"], 1e-12);
        Assert.Equal(2, metrics["rewards/margins"], 1e-12);
    }

    [Fact]
    public void Nothing_but_the_results_tensors_outlives_the_call()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor Row() => torch.tensor([-1.0, -2.0]);
        PairLogProbs pairs = new(Row().requires_grad_(), Row().requires_grad_(), Row(), Row(), Row(), Row());
        int before = scope.DisposablesCount;
        new WeightedPairLoss(new ExoPairLoss(), 1, new ChosenLikelihoodLoss(), 1).Compute(pairs);
        Assert.Equal(before + 2, scope.DisposablesCount);
    }
}
