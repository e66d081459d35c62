using System.Text.Json;
using Plum.Torch.Training.Losses;
using Plum.Torch.Training.Losses.Labels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Training.Losses;

public sealed class LabelLossGoldenTests(ITestOutputHelper output)
{
    [Fact]
    public void Kto_equals_TRL()
    {
        Goldens goldens = new(output);
        foreach (JsonElement golden in LossOracles.Read("losses.json").GetProperty("kto").EnumerateArray())
        {
            using DisposeScope scope = NewDisposeScope();
            double beta = golden.GetProperty("beta").GetDouble();
            double desirable = golden.GetProperty("desirable_weight").GetDouble(), undesirable = golden.GetProperty("undesirable_weight").GetDouble();
            LabelLoss loss = golden.GetProperty("loss_type").GetString() == "kto"
                ? new KtoLoss(beta, desirable, undesirable)
                : new ApoZeroUnpairedLoss(beta, desirable, undesirable);
            LabelLogProbs batch = Batch(golden, golden.GetProperty("calculate_KL").GetBoolean());
            LossResult result = loss.Compute(batch);
            result.Loss.backward();

            string what = $"{golden.GetProperty("dtype")} {loss}";
            int chosen = golden.Doubles("policy_chosen_logps").Length;
            goldens.Case();
            goldens.Compare(what + " losses", golden, golden.Doubles("losses"), result.PerExample);
            goldens.Compare(what + " mean", golden, [golden.GetProperty("mean").GetDouble()], result.Loss);
            goldens.Compare(what + " gradient", golden, [.. golden.Doubles("grad_policy_chosen"), .. golden.Doubles("grad_policy_rejected")], batch.Policy.grad!);
            goldens.Compare(what + " rewards", golden, [.. golden.Doubles("chosen_rewards"), .. golden.Doubles("rejected_rewards")], batch.LogRatios * beta);
            JsonElement kl = golden.GetProperty("kl");
            goldens.Compare(what + " kl", golden, [kl.ValueKind == JsonValueKind.Array ? kl[0].GetDouble() : kl.GetDouble()], KtoLoss.Kl(batch));

            IReadOnlyDictionary<string, double> metrics = result.Metrics.Means();
            Assert.Equal(chosen > 0, metrics.ContainsKey("rewards/chosen"));
            if (chosen > 0) Assert.Equal(golden.Doubles("chosen_rewards").Average(), metrics["rewards/chosen"], 1e-5);
        }

        goldens.AssertAll();
    }

    [Fact]
    public void Bco_equals_TRL_over_successive_batches()
    {
        Goldens goldens = new(output);
        LossState state = default;
        foreach (JsonElement golden in LossOracles.Read("losses.json").GetProperty("bco_sequence_of_batches").GetProperty("batches").EnumerateArray())
        {
            using DisposeScope scope = NewDisposeScope();
            using JsonDocument withType = JsonDocument.Parse("""{"dtype": "float64"}""");
            Tensor policy = Goldens.Leaf([.. golden.Doubles("policy_chosen_logps"), .. golden.Doubles("policy_rejected_logps")], withType.RootElement);
            Tensor reference = Goldens.Fixed([.. golden.Doubles("ref_chosen_logps"), .. golden.Doubles("ref_rejected_logps")], withType.RootElement);
            bool[] labels = Labels(golden);
            LossResult result = new BcoLoss(golden.GetProperty("beta").GetDouble()).Compute(new LabelLogProbs(policy, reference, torch.tensor(labels)), state);
            state = result.State;
            goldens.Case();
            goldens.Compare("bco losses", withType.RootElement, golden.GetProperty("outputs")[0].Doubles(), result.PerExample);
            Assert.Equal(golden.GetProperty("running_mean_after").GetDouble(), state.MeanReward, 1e-9);
        }

        goldens.AssertAll();
    }

    private static bool[] Labels(JsonElement golden) =>
    [
        .. golden.Doubles("policy_chosen_logps").Select(_ => true),
        .. golden.Doubles("policy_rejected_logps").Select(_ => false),
    ];

    private static LabelLogProbs Batch(JsonElement golden, bool mismatched) => new(
        Goldens.Leaf([.. golden.Doubles("policy_chosen_logps"), .. golden.Doubles("policy_rejected_logps")], golden),
        Goldens.Fixed([.. golden.Doubles("ref_chosen_logps"), .. golden.Doubles("ref_rejected_logps")], golden),
        torch.tensor(Labels(golden)),
        mismatched ? Goldens.Fixed(golden.Doubles("policy_KL_logps"), golden) : null,
        mismatched ? Goldens.Fixed(golden.Doubles("ref_KL_logps"), golden) : null);
}
