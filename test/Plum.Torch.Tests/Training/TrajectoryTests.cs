using System.Text.Json;
using Plum.Torch.Checkpoints;
using Plum.Torch.Training;
using Plum.Torch.Training.Losses;
using Plum.Torch.Transformers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Training;

/// <summary>
/// Whole trainings of TRL's, step by step, through Plum's own trainer: every folder <c>train_*</c> of the oracles. Its AdamW
/// decays norms too, which Plum does only with <see cref="OptimizerOptions.DecayAll"/>.
/// </summary>
public class TrajectoryTests
{
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Cases => Oracles.Folders("").Where(name => name.StartsWith("train_", StringComparison.Ordinal)) is var names && names.Any() ? [.. names] : [Oracles.None];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_step_and_the_weights_are_TRL_s(string name)
    {
        JsonElement golden = Oracles.Json($"{name}/golden.json");
        JsonElement about = golden.GetProperty("about");
        JsonElement[] steps = [.. golden.GetProperty("steps").EnumerateArray()];
        using DisposeScope scope = NewDisposeScope();
        using FullModel policy = new(Load(Oracles.Path("models/llama_f16")));
        PreferenceGroup[] groups = Groups(golden);
        Objective objective = ObjectiveOf(about, groups);
        double[] rates = [.. steps.Select(step => step.GetProperty("lr").GetDouble())];

        List<PreferenceStep> told = [];
        foreach (int after in (int[])[1, steps.Length])
        {
            told.Clear();
            using FullModel trained = after == 1 ? new(Load(Oracles.Path("models/llama_f16"))) : policy;
            PreferenceOptions options = new(after, groups.Length, Workers: 2);
            using Decoder reference = new(trained.Model.Config, References(name, trained.Model.Config));
            PreferenceData data = PreferenceData.Of(groups, objective, rotate: true, groups.Length, new DrawKey(1, 0, "train"), scored =>
            {
                using var _ = no_grad();
                return ReferenceLogProbs.Compute(reference, DecoderWeights.Arrange(reference.Config, reference.Parameters, ScalarType.Float32), scored, options);
            });
            PreferenceTrainer trainer = new(
                trained, data, [], objective, options, new OptimizerOptions(rates.Max(), WeightDecay: 0.01, ClipNorm: 1, DecayAll: true, Rates: rates), new DrawKey(1, 0, "train"));
            Assert.Null(trainer.Train(told.Add, TestContext.Current.CancellationToken));
            SameWeights(Oracles.Path($"{name}/params_after_step{after}.safetensors"), trained.Model);
        }

        foreach ((JsonElement expected, PreferenceStep step) in steps.Zip(told))
        {
            Close(expected, "loss", step.Loss);
            Close(expected, "grad_norm_before_clip", step.GradNorm);
            Close(expected, "lr", step.LearningRate);
            Close(expected, "policy_chosen_logps", step.LogpsChosen);
            Close(expected, "policy_rejected_logps", step.LogpsRejected);
            Close(expected, "chosen_rewards", step.RewardsChosen);
            Close(expected, "rejected_rewards", step.RewardsRejected);
            Close(expected, "kl", step.Kl);
        }
    }

    private static Decoder Load(string path)
    {
        using CheckpointFolder folder = CheckpointFolder.Open(path);
        return Decoder.Load(folder);
    }

    private static Dictionary<string, Tensor> References(string name, ModelConfig config)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(Oracles.Path($"{name}/ref.safetensors"));
        return TensorLayout.For(config).Parameters.ToDictionary(p => p.Name.ToString(), p => p.Read(reader.Load, ScalarType.Float32).DetachFromDisposeScope());
    }

    private static Objective ObjectiveOf(JsonElement about, PreferenceGroup[] groups)
    {
        Dictionary<string, object> loss = new() { ["name"] = about.GetProperty("kind").GetString()!, ["beta"] = about.GetProperty("beta").GetDouble() };
        if (about.TryGetProperty("simpo_gamma", out JsonElement gamma) || about.TryGetProperty("gamma", out gamma)) loss["gamma"] = gamma.GetDouble();
        foreach (string weight in (string[])["desirable_weight", "undesirable_weight"])
        {
            if (groups.All(g => g.Pairs.Count == 0)) loss[weight] = about.TryGetProperty(weight, out JsonElement given) ? given.GetDouble() : 1;
        }

        return LossSelection.Parse(JsonSerializer.SerializeToElement(loss)) switch
        {
            PairLoss pairs => new Objective.Pairs(pairs, Alpha: 0, Span: 0),
            LabelLoss labels => new Objective.Labels(labels, Alpha: 0),
            { } other => throw new InvalidOperationException(other.Name),
        };
    }

    private static PreferenceGroup[] Groups(JsonElement golden)
    {
        if (golden.TryGetProperty("chosen", out JsonElement chosen))
        {
            return [.. Rows(chosen).Zip(Rows(golden.GetProperty("rejected")), (good, bad) =>
                new PreferenceGroup(good.Prompt, [new(good.Completion, true), new(bad.Completion, false)], [(0, 1)]))];
        }

        JsonElement batch = golden.TryGetProperty("completion", out JsonElement own) ? own : golden.GetProperty("batch");
        bool[] labels = [.. (golden.TryGetProperty("label", out JsonElement told) || golden.TryGetProperty("labels", out told) || batch.TryGetProperty("label", out told) ? told : default)
            .EnumerateArray().Select(label => label.GetBoolean())];
        return [.. Rows(batch).Zip(labels, (row, label) => new PreferenceGroup(row.Prompt, [new(row.Completion, label)], []))];
    }

    private static IEnumerable<(int[] Prompt, int[] Completion)> Rows(JsonElement batch)
    {
        int[][] ids = Numbers(batch.GetProperty("input_ids")), mask = Numbers(batch.GetProperty("attention_mask")), labels = Numbers(batch.GetProperty("labels"));
        return ids.Select((row, i) => (row[..Array.FindIndex(labels[i], label => label != -100)], row[Array.FindIndex(labels[i], label => label != -100)..mask[i].Sum()]));
    }

    private static int[][] Numbers(JsonElement rows) => [.. rows.EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.GetInt32()).ToArray())];

    private static void SameWeights(string file, Decoder model)
    {
        using SafetensorsReader expected = SafetensorsReader.Open(file);
        foreach (StoredParameter parameter in TensorLayout.For(model.Config).Parameters)
        {
            float difference = (parameter.Read(expected.Load, ScalarType.Float32) - model.Parameters[parameter.Name.ToString()]).abs().max().item<float>();
            Assert.True(difference <= Tolerance, $"{file}, {parameter.Name}: {difference}");
        }
    }

    /// <summary>A figure of TRL's, or the mean of its list, beside Plum's. Sums of many tokens are compared relative to their size.</summary>
    private static void Close(JsonElement step, string name, double? actual)
    {
        if (!step.TryGetProperty(name, out JsonElement value)) return;
        double expected = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Average(one => one.GetDouble()) : value.GetDouble();
        Assert.True(Math.Abs(expected - actual!.Value) <= Tolerance * Math.Max(1, Math.Abs(expected)), $"{name}: {expected} and {actual}");
    }
}
