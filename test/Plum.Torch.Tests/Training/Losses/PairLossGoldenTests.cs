using System.Text.Json;
using Plum.Torch.Training.Losses;
using Plum.Torch.Training.Losses.Divergences;
using Plum.Torch.Training.Losses.Pairs;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Training.Losses;

public sealed class PairLossGoldenTests(ITestOutputHelper output)
{
    [Fact]
    public void Dpo_family_equals_TRL()
    {
        JsonElement root = LossOracles.Read("losses.json");
        Goldens goldens = new(output);
        foreach (JsonElement golden in root.GetProperty("dpo").EnumerateArray())
        {
            using DisposeScope scope = NewDisposeScope();
            JsonElement inputs = root.GetProperty("dpo_input_sets").GetProperty(golden.GetProperty("input_set").GetString()!);
            PairLogProbs pairs = Pairs(inputs, golden, "policy_chosen_logps", "policy_rejected_logps", "ref_chosen_logps", "ref_rejected_logps");
            PairLoss loss = Dpo(golden);
            LossResult result = Check(goldens, golden, loss, pairs, default);
            if (golden.TryGetProperty("running_mean_after", out JsonElement mean))
                Assert.Equal(mean.GetDouble(), result.State.MeanReward, 1e-7);
        }

        goldens.AssertAll();
    }

    [Fact]
    public void Cpo_and_simpo_equal_TRL()
    {
        Goldens goldens = new(output);
        foreach (JsonElement golden in LossOracles.Read("losses.json").GetProperty("cpo_simpo").EnumerateArray())
        {
            using DisposeScope scope = NewDisposeScope();
            double beta = golden.GetProperty("beta").GetDouble(), smoothing = golden.GetProperty("label_smoothing").GetDouble();
            PairLoss loss = golden.GetProperty("loss_type").GetString() switch
            {
                "sigmoid" => new ReferenceFreeLoss(new SigmoidLoss(beta, smoothing)),
                "hinge" => new ReferenceFreeLoss(new HingeLoss(beta)),
                "ipo" => new ReferenceFreeLoss(new IpoLoss(beta)),
                "simpo" => new SimPoLoss(beta, golden.GetProperty("simpo_gamma").GetDouble(), smoothing),
                string other => throw new InvalidDataException(other),
                null => throw new InvalidDataException(),
            };
            Check(goldens, golden, loss, Pairs(golden, golden, "policy_chosen_logps", "policy_rejected_logps"), default);
        }

        goldens.AssertAll();
    }

    [Fact]
    public void Odds_ratio_equals_TRL()
    {
        Goldens goldens = new(output);
        foreach (JsonElement golden in LossOracles.Read("losses.json").GetProperty("orpo").EnumerateArray())
        {
            using DisposeScope scope = NewDisposeScope();
            PairLogProbs pairs = Pairs(golden, golden, "policy_chosen_logps", "policy_rejected_logps");
            OddsRatioLoss loss = new(golden.GetProperty("beta").GetDouble());
            LossResult result = loss.Compute(pairs);
            result.Loss.backward();
            goldens.Case();
            goldens.Compare("orpo losses", golden, [.. golden.Doubles("losses").Select(value => -value)], result.PerExample);
            goldens.Compare("orpo total", golden, [golden.GetProperty("total_minus_nll").GetDouble()], result.Loss);
            goldens.Compare("orpo chosen rewards", golden, golden.Doubles("chosen_rewards"), loss.Rewards(pairs).Chosen);
            goldens.Compare("orpo rejected rewards", golden, golden.Doubles("rejected_rewards"), loss.Rewards(pairs).Rejected);
            goldens.Compare("orpo chosen gradient", golden, golden.Doubles("grad_of_minus_mean_policy_chosen"), pairs.PolicyChosen.grad!);
            goldens.Compare("orpo rejected gradient", golden, golden.Doubles("grad_of_minus_mean_policy_rejected"), pairs.PolicyRejected.grad!);
        }

        goldens.AssertAll();
    }

    private static LossResult Check(Goldens goldens, JsonElement golden, PairLoss loss, PairLogProbs pairs, LossState state)
    {
        LossResult result = loss.Compute(pairs, state);
        result.Loss.backward();
        (Tensor chosen, Tensor rejected) = loss.Rewards(pairs);
        string what = $"{golden.GetProperty("dtype")} {golden.GetProperty("loss_type")} beta {golden.GetProperty("beta")} smoothing {golden.GetProperty("label_smoothing")}"
            + (golden.TryGetProperty("f_divergence", out JsonElement divergence) ? $" {divergence}" : "");
        goldens.Case();
        goldens.Compare(what + " losses", golden, golden.Doubles("losses"), result.PerExample);
        goldens.Compare(what + " mean", golden, [golden.GetProperty("mean").GetDouble()], result.Loss);
        goldens.Compare(what + " chosen rewards", golden, golden.Doubles("chosen_rewards"), chosen);
        goldens.Compare(what + " rejected rewards", golden, golden.Doubles("rejected_rewards"), rejected);
        goldens.Compare(what + " chosen gradient", golden, golden.Doubles("grad_policy_chosen"), pairs.PolicyChosen.grad ?? zeros_like(pairs.PolicyChosen));
        goldens.Compare(what + " rejected gradient", golden, golden.Doubles("grad_policy_rejected"), pairs.PolicyRejected.grad ?? zeros_like(pairs.PolicyRejected));
        return result;
    }

    /// <summary>The goldens hold averages where TRL averages, so every length is 1.</summary>
    private static PairLogProbs Pairs(JsonElement inputs, JsonElement golden, string chosen, string rejected, string? referenceChosen = null, string? referenceRejected = null)
    {
        Tensor policyChosen = Goldens.Leaf(inputs.Doubles(chosen), golden), policyRejected = Goldens.Leaf(inputs.Doubles(rejected), golden);
        return new PairLogProbs(
            policyChosen,
            policyRejected,
            referenceChosen is null ? null : Goldens.Fixed(inputs.Doubles(referenceChosen), golden),
            referenceRejected is null ? null : Goldens.Fixed(inputs.Doubles(referenceRejected), golden),
            Goldens.Ones(policyChosen),
            Goldens.Ones(policyRejected));
    }

    private static PairLoss Dpo(JsonElement golden)
    {
        double beta = golden.GetProperty("beta").GetDouble(), smoothing = golden.GetProperty("label_smoothing").GetDouble();
        Divergence divergence = golden.GetProperty("f_divergence").GetString() switch
        {
            "reverse_kl" => new ReverseKl(),
            "js_divergence" => new JensenShannon(),
            "forward_kl" => new ForwardKl(),
            "alpha_divergence" => new AlphaDivergence(golden.TryGetProperty("alpha_divergence_coef", out JsonElement coefficient) ? coefficient.GetDouble() : 1.0),
            string other => throw new InvalidDataException(other),
            null => throw new InvalidDataException(),
        };
        PairLoss loss = golden.GetProperty("loss_type").GetString() switch
        {
            "sigmoid" => new SigmoidLoss(beta, smoothing, divergence),
            "hinge" => new HingeLoss(beta, divergence),
            "ipo" => new IpoLoss(beta),
            "exo_pair" => new ExoPairLoss(beta, smoothing, divergence, ZeroMeansOneThousandth: true),
            "nca_pair" => new NcaPairLoss(beta),
            "robust" => new RobustLoss(beta, smoothing, divergence),
            "bco_pair" => new BcoPairLoss(beta),
            "sppo_hard" => new SppoHardLoss(beta),
            "aot" => new AotLoss(beta, smoothing),
            "aot_pair" or "aot_unpaired" => new AotUnpairedLoss(beta, smoothing),
            "apo_zero" => new ApoZeroLoss(beta),
            "apo_down" => new ApoDownLoss(beta),
            "discopop" => new DiscoPopLoss(beta, golden.GetProperty("discopop_tau").GetDouble()),
            string other => throw new InvalidDataException(other),
            null => throw new InvalidDataException(),
        };
        return golden.GetProperty("reference_free").GetBoolean() ? new ReferenceFreeLoss(loss) : loss;
    }
}
