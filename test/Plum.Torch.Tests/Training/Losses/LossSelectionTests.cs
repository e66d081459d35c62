using System.Text.Json;
using Plum.Torch.Training.Losses;
using Plum.Torch.Training.Losses.Divergences;
using Plum.Torch.Training.Losses.Labels;
using Plum.Torch.Training.Losses.Likelihoods;
using Plum.Torch.Training.Losses.Pairs;
using Xunit;

namespace Plum.Torch.Tests.Training.Losses;

public sealed class LossSelectionTests
{
    [Fact]
    public void Every_name_gives_a_loss_of_its_family()
    {
        Assert.All(LossSelection.PairNames, name => Assert.IsAssignableFrom<PairLoss>(LossSelection.Parse(name)));
        Assert.All(LossSelection.LabelNames, name => Assert.IsAssignableFrom<LabelLoss>(LossSelection.Parse(name)));
        Assert.All(LossSelection.LikelihoodNames, name => Assert.IsAssignableFrom<LikelihoodLoss>(LossSelection.Parse(name)));
    }

    [Fact]
    public void Options_reach_the_loss()
    {
        Assert.Equal(new SigmoidLoss(0.5, 0.1, new JensenShannon()), Parse("""{"name": "sigmoid", "beta": 0.5, "label_smoothing": 0.1, "f_divergence": "js_divergence"}"""));
        Assert.Equal(new SigmoidLoss(0.1, 0, new AlphaDivergence(0.25)), Parse("""{"name": "dpo", "f_divergence": "alpha_divergence", "alpha": 0.75}"""));
        Assert.Equal(new LengthNormalizedLoss(new HingeLoss()), Parse("""{"name": "hinge", "length_normalized": true}"""));
        Assert.Equal(new ReferenceFreeLoss(new SigmoidLoss()), Parse("""{"name": "sigmoid", "reference_free": true}"""));
        Assert.Equal(new KtoLoss(0.2, 1.5), Parse("""{"name": "kto", "beta": 0.2, "desirable_weight": 1.5}"""));
        Assert.Equal(new NllLoss(LikelihoodAverage.Completions), Parse("""{"name": "rft", "average": "completions"}"""));
        Assert.Equal(
            new WeightedPairLoss(new SigmoidLoss(), 1, new ChosenLikelihoodLoss(LikelihoodAverage.Completions), 0.3),
            Parse("""{"name": "rpo", "likelihood_weight": 0.3}"""));
    }

    [Fact]
    public void A_list_is_a_weighted_sum()
    {
        PairLoss expected = new WeightedPairLoss(new WeightedPairLoss(new SigmoidLoss(), 0.8, new BcoPairLoss(), 0.2), 1, new ChosenLikelihoodLoss(), 1);
        Assert.Equal(expected, Parse("""[{"name": "sigmoid", "weight": 0.8}, {"name": "bco_pair", "weight": 0.2}, "sft"]"""));
        Assert.Equal(new WeightedLabelLoss(new KtoLoss(), 1, new BcoLoss(), 2), Parse("""["kto", {"name": "bco", "weight": 2}]"""));
    }

    [Theory]
    [InlineData("\"ktoo\"", "apo_zero_unpaired")]
    [InlineData("""{"name": "hinge", "label_smoothing": 0.1}""", "no option 'label_smoothing'")]
    [InlineData("""{"name": "simpo", "reference_free": true}""", "no option 'reference_free'")]
    [InlineData("""{"name": "sigmoid", "beta": -1}""", "beta of the loss sigmoid is -1")]
    [InlineData("""{"name": "sigmoid", "label_smoothing": 0.5}""", "label_smoothing")]
    [InlineData("""{"name": "exo_pair", "label_smoothing": 0}""", "label_smoothing")]
    [InlineData("""{"name": "sigmoid", "f_divergence": "kl"}""", "js_divergence")]
    [InlineData("""{"name": "sft", "average": "words"}""", "tokens, completions, sums")]
    [InlineData("""{"name": "kto", "weight": 2}""", "single loss")]
    [InlineData("""["kto", "sigmoid"]""", "cannot be summed")]
    [InlineData("""["sigmoid", "dpo"]""", "twice")]
    [InlineData("[]", "empty")]
    [InlineData("3", "an object with a name")]
    public void What_cannot_be_used_is_told(string recipe, string expected) =>
        Assert.Contains(expected, Assert.Throws<InputException>(() => Parse(recipe)).Message, StringComparison.Ordinal);

    private static Loss Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return LossSelection.Parse(document.RootElement);
    }
}
