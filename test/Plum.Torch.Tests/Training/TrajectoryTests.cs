using System.Globalization;
using Plum.Torch.Checkpoints;
using Plum.Torch.Tests.Checkpoints;
using Plum.Torch.Training;
using Plum.Torch.Transformers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Plum.Torch.Tests.Training;

/// <summary>
/// Whole trainings of TRL's, step by step, through Plum's own trainer: every folder <c>train_*</c> of the oracles, whatever its method.
/// Their AdamW decays norms too, which Plum does only with <see cref="OptimizerOptions.DecayAll"/>.
/// </summary>
public class TrajectoryTests
{
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Cases => Oracles.Folders("").Where(name => name.StartsWith("train_", StringComparison.Ordinal)) is var names && names.Any() ? [.. names] : [Oracles.None];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_step_the_gradient_and_the_weights_are_TRL_s(string name)
    {
        Trajectory trajectory = new(name);
        using TemporaryFolder folder = new();
        string[] weights = [.. Directory.EnumerateFiles(Oracles.Path(name), "params_after_step*.safetensors")];
        Assert.NotEmpty(weights);
        int StepOf(string file) => int.Parse(Path.GetFileNameWithoutExtension(file)["params_after_step".Length..], CultureInfo.InvariantCulture);

        string states = Path.Combine(folder.Path, "states");
        List<PreferenceStep> told = Train(trajectory, name, trajectory.Steps.Count, new SavedStates(states, "task", every: 1, keep: trajectory.Steps.Count));
        foreach (string file in weights)
            SameTensors(file, Path.Combine(states, $"step-{StepOf(file):00000000}", "state.safetensors"), trajectory, "", 1);

        // The first step's moment is (1 - beta1) times the clipped gradient.
        double norm = told[0].GradNorm, clipped = Math.Min(1, trajectory.Optimizer.ClipNorm / (norm + 1e-6));
        if (File.Exists(Oracles.Path(name) + "/grads_step0.safetensors"))
            SameTensors(Oracles.Path($"{name}/grads_step0.safetensors"), Path.Combine(states, "step-00000001", "state.safetensors"), trajectory, ".exp_avg", 1 / ((1 - trajectory.Optimizer.Beta1) * clipped));

        for (int step = 0; step < told.Count; step++)
        {
            Close("loss", trajectory.Told(step, "loss"), told[step].Loss);
            Close("grad_norm_before_clip", trajectory.Told(step, "grad_norm_before_clip"), told[step].GradNorm);
            Close("lr", trajectory.Told(step, "lr"), told[step].LearningRate);
            Close("policy_chosen_logps", trajectory.LogProbs(step, chosen: true), told[step].LogpsChosen);
            Close("policy_rejected_logps", trajectory.LogProbs(step, chosen: false), told[step].LogpsRejected);
            Close("chosen_rewards", trajectory.Told(step, "chosen_rewards"), told[step].RewardsChosen);
            Close("rejected_rewards", trajectory.Told(step, "rejected_rewards"), told[step].RewardsRejected);
            Close("kl", trajectory.Kl(step), told[step].Kl);
        }
    }

    private static List<PreferenceStep> Train(Trajectory trajectory, string name, int steps, SavedStates saved)
    {
        using DisposeScope scope = NewDisposeScope();
        using FullModel policy = new(Load(Oracles.Path(trajectory.PolicyInit)));
        PreferenceOptions options = new(steps, trajectory.Groups.Length, Workers: 2);
        string frozen = Oracles.Path(name) + "/ref.safetensors";
        using Decoder reference = File.Exists(frozen) ? new(policy.Model.Config, References(frozen, policy.Model.Config), TestDevice.Device) : Load(Oracles.Path(trajectory.PolicyInit));
        float[][] Score(IReadOnlyList<CompletionGroup> scored)
        {
            using var _ = no_grad();
            return ReferenceLogProbs.Compute(reference, DecoderWeights.Arrange(reference.Config, reference.Parameters, ScalarType.Float32), scored, options);
        }

        PreferenceData data = PreferenceData.Of(trajectory.Groups, trajectory.Objective, rotate: true, trajectory.Groups.Length, new DrawKey(1, 0, "train"), Score);
        if (trajectory.Objective.NeedsKl && trajectory.Mismatched is { } mismatched)
            data = data with { Mismatched = mismatched, MismatchedReference = Score(mismatched) };
        List<PreferenceStep> told = [];
        PreferenceTrainer trainer = new(policy, data, [], trajectory.Objective, options, trajectory.Optimizer, new DrawKey(1, 0, "train")) { Saved = saved };
        Assert.Null(trainer.Train(told.Add, TestContext.Current.CancellationToken));
        return told;
    }

    private static Decoder Load(string path)
    {
        using CheckpointFolder folder = CheckpointFolder.Open(path);
        return Decoder.Load(folder, device: TestDevice.Device);
    }

    private static Dictionary<string, Tensor> References(string file, ModelConfig config)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(file);
        return TensorLayout.For(config).Parameters.ToDictionary(p => p.Name.ToString(), p => p.Read(reader.Load, ScalarType.Float32).to(TestDevice.Device).DetachFromDisposeScope());
    }

    private static void SameTensors(string file, string state, Trajectory trajectory, string suffix, double scale)
    {
        using DisposeScope scope = NewDisposeScope();
        using SafetensorsReader expected = SafetensorsReader.Open(file), actual = SafetensorsReader.Open(state);
        foreach (StoredParameter parameter in TensorLayout.For(ModelConfig.Read(Oracles.Path(trajectory.PolicyInit))).Parameters)
        {
            float difference = (parameter.Read(expected.Load, ScalarType.Float32) - (actual.Load(parameter.Name + suffix) * scale)).abs().max().item<float>();
            Assert.True(difference <= Tolerance, $"{file}, {parameter.Name}: {difference}");
        }
    }

    /// <summary>A figure of TRL's beside Plum's. Sums of many tokens are compared relative to their size.</summary>
    private static void Close(string name, double? expected, double? actual)
    {
        if (expected is { } value) Assert.True(Math.Abs(value - actual!.Value) <= Tolerance * Math.Max(1, Math.Abs(value)), $"{name}: {value} and {actual}");
    }
}
