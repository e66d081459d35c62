using Plum.Preferences;
using Plum.Rounds;
using Plum.Torch.Checkpoints;
using Plum.Torch.Tests.Checkpoints;
using Plum.Torch.Tests.Training.Losses;
using Plum.Torch.Training;
using Plum.Torch.Training.Losses.Labels;
using Plum.Torch.Training.Losses.Pairs;
using Plum.Torch.Transformers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using PreferenceOptions = Plum.Torch.Training.PreferenceOptions;

namespace Plum.Torch.Tests.Training;

[Collection(nameof(AloneInTheProcess))]
public sealed class PreferenceTrainerTests
{
    private static readonly DrawKey Key = new(1, 0, "train");

    private static readonly PreferenceGroup[] Groups =
    [
        new([5, 6, 7], [new([9, 10, 11], true), new([9, 10, 12, 13], false)], [(0, 1)]),
        new([20, 21], [new([22, 23], true), new([24, 25, 26], false), new([22, 27], false)], [(0, 1), (0, 2)]),
        new([30, 31, 32], [new([33, 34, 35, 36], true), new([40], false)], [(0, 1)]),
    ];

    private static readonly LabelledTokens[] All = [.. Groups.SelectMany(g => g.Completions)];

    [Fact]
    public void KTO_s_step_is_plain_arithmetic()
    {
        List<double> divergences = [];
        foreach ((ulong seed, ulong other) in ((ulong, ulong)[])[(1, 2), (2, 1)])
        {
            OneStep step = new(new Objective.Labels(new KtoLoss(0.3, 1.5, 0.75), 0), seed, other);
            double z = step.Told.Kl!.Value;
            divergences.Add(z);
            double Kto(int c, double change) => ScalarLosses.Kto(All[c].Label, step.Policy[c] - step.Reference[c] + change, z, 0.3, All[c].Label ? 1.5 : 0.75) / All.Length;
            int[] every = [.. Enumerable.Range(0, All.Length)];

            Assert.Equal(every.Sum(c => Kto(c, 0)), step.Told.Loss, 1e-5);
            Assert.Equal(0.3 * every.Where(c => All[c].Label).Average(c => step.Policy[c] - step.Reference[c]), step.Told.RewardsChosen!.Value, 1e-5);
            Assert.Equal(0.3 * every.Where(c => !All[c].Label).Average(c => step.Policy[c] - step.Reference[c]), step.Told.RewardsRejected!.Value, 1e-5);
            Assert.Equal(step.NormOf([.. every.Select(c => (Kto(c, 1e-5) - Kto(c, -1e-5)) / 2e-5)]), step.Told.GradNorm, 1e-5);
        }

        Assert.Contains(divergences, z => z > 0);
        Assert.All(divergences, z => Assert.True(z >= 0));
    }

    [Fact]
    public void SimPO_s_step_is_plain_arithmetic()
    {
        OneStep step = new(new Objective.Pairs(new SimPoLoss(2.5, 0.7), 0, 0), 1, 2);
        double[] slopes = new double[All.Length];
        double loss = 0, margin = 0;
        int first = 0, pairs = Groups.Sum(g => g.Pairs.Count);
        foreach (PreferenceGroup group in Groups)
        {
            foreach ((int good, int bad) in group.Pairs.Select(pair => (first + pair.Chosen, first + pair.Rejected)))
            {
                double chosen = step.Policy[good] / All[good].Tokens.Length, rejected = step.Policy[bad] / All[bad].Tokens.Length;
                loss += ScalarLosses.SimPo(chosen, rejected, 2.5, 0.7) / pairs;
                margin += 2.5 * (chosen - rejected) / pairs;
                double slope = (ScalarLosses.SimPo(chosen + 1e-5, rejected, 2.5, 0.7) - ScalarLosses.SimPo(chosen - 1e-5, rejected, 2.5, 0.7)) / 2e-5 / pairs;
                slopes[good] += slope / All[good].Tokens.Length;
                slopes[bad] -= slope / All[bad].Tokens.Length;
            }

            first += group.Completions.Count;
        }

        Assert.Equal(loss, step.Told.Loss, 1e-5);
        Assert.Equal(margin, step.Told.RewardsMargins!.Value, 1e-5);
        Assert.Equal(step.NormOf(slopes), step.Told.GradNorm, 1e-5);
    }

    [Fact]
    public void KTO_never_pairs_a_prompt_with_its_own_completions_unless_told_to_rotate_as_TRL_does()
    {
        Objective kto = new Objective.Labels(new KtoLoss(), 0);
        PreferenceData apart = PreferenceData.Of(Groups, kto, rotate: false, 3, Key, Zeros), rotated = PreferenceData.Of(Groups, kto, rotate: true, 3, Key, Zeros);
        Assert.All(apart.Mismatched.Zip(Groups), one => Assert.DoesNotContain(one.First.Completions[0], one.Second.Completions.Select(c => c.Tokens)));
        Assert.Equal(All.Select(c => c.Tokens).SkipLast(1).Prepend(All[^1].Tokens), rotated.Mismatched.SelectMany(g => g.Completions));

        static float[][] Zeros(IReadOnlyList<CompletionGroup> groups) => [.. groups.Select(g => new float[g.Completions.Sum(c => c.Length)])];
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0.2)]
    [InlineData(true, 0)]
    public void A_training_that_was_interrupted_ends_with_the_bytes_of_one_that_was_not(bool lora, double dropout)
    {
        using TemporaryFolder folder = new();
        string whole = Path.Combine(folder.Path, "whole"), states = Path.Combine(folder.Path, "states");
        byte[] undisturbed = Weights(Run(null, stopAt: null));
        Assert.Equal(undisturbed, Weights(Run(whole, stopAt: null)));
        Assert.ThrowsAny<OperationCanceledException>(() => Run(states, stopAt: 8).Dispose());
        Assert.Equal(["best", "step-00000004", "step-00000006"], Directory.EnumerateDirectories(states).Select(Path.GetFileName).Order());
        Assert.Equal(undisturbed, Weights(Run(states, stopAt: null)));
        foreach (string file in (string[])["state.json", "state.safetensors"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "best", file)), File.ReadAllBytes(Path.Combine(states, "best", file)));
        // The best state is the one whose weights are the result.
        using (SafetensorsReader best = SafetensorsReader.Open(Path.Combine(states, "best", "state.safetensors")))
        using (TrainedModel result = Run(null, stopAt: null))
            Assert.All(result.Masters, master => Assert.Equal(master.Value.data<float>().ToArray(), best.Load(master.Key).data<float>().ToArray()));
        Assert.Equal(10, new SavedStates(states, "task", 2, 2).Step);
        // Another training begins anew.
        Assert.Equal(0, new SavedStates(states, "another", 2, 2).Step);
        Assert.False(Directory.Exists(states));

        TrainedModel Run(string? states, int? stopAt)
        {
            using CancellationTokenSource stop = new();
            TrainedModel model = lora ? new LoraModel(Frozen(1), new LoraOptions(Rank: 2, Dropout: dropout), Key) : new FullModel(Model(1));
            PreferenceOptions options = new(11, GroupsPerStep: 2, Workers: 2, StopAtChosenDrop: 50, EvaluateEvery: 3, Patience: 3, Memory: new PassOptions(Fused: lora && dropout == 0));
            Objective objective = new Objective.Pairs(new SigmoidLoss(0.2), 0.5, 0);
            PreferenceTrainer trainer = new(model, Data(objective, 2, options, Groups), [new CompletionGroup([50], [[51, 52]])], objective, options with { ReplayPerStep = 1 }, new OptimizerOptions(1e-3), Key)
            {
                HeldOut = Data(objective, 2, options, Groups[..1]),
                Saved = states is null ? null : new SavedStates(states, "task", every: 2, keep: 2, best: true),
            };
            try
            {
                trainer.Train(step => { if (step.Step == stopAt - 1) stop.Cancel(); }, stop.Token);
                return model;
            }
            catch
            {
                model.Dispose();
                throw;
            }
        }
    }

    [Fact]
    public void Training_ends_with_the_weights_that_did_best_on_held_out_prompts()
    {
        using FullModel model = new(Model(1));
        PreferenceOptions options = new(60, GroupsPerStep: 2, Workers: 1, EvaluateEvery: 1, Patience: 2);
        Objective objective = new Objective.Pairs(new SigmoidLoss(0.2), 0, 0);
        // The held-out pair says the opposite of what is learnt: no look is better than the first.
        PreferenceGroup opposed = new([5, 6, 7], [new([9, 10, 12, 13], true), new([9, 10, 11], false)], [(0, 1)]);
        List<PreferenceStep> told = [];
        PreferenceTrainer trainer = new(model, Data(objective, 2, options, Groups[..1]), [], objective, options, new OptimizerOptions(1e-3), Key) { HeldOut = Data(objective, 2, options, [opposed]) };
        string? why = trainer.Train(told.Add, TestContext.Current.CancellationToken);

        Assert.Contains("since step 1", why);
        Assert.Equal(3, told.Count);
        Assert.True(told[1].EvalLoss > told[0].EvalLoss);
        using FullModel once = new(Model(1));
        new PreferenceTrainer(once, Data(objective, 2, options, Groups[..1]), [], objective, options with { Steps = 1 }, new OptimizerOptions(0, Rates: [told[0].LearningRate]), Key).Train(null, TestContext.Current.CancellationToken);
        Assert.Equal(Weights(once), Weights(model));
    }

    [Fact]
    public void Numbers_that_are_not_finite_end_a_training_with_its_last_healthy_weights()
    {
        Objective objective = new Objective.Pairs(new SigmoidLoss(0.2), 0, 0);
        OptimizerOptions far = new(1, Rates: [1e30, 1, 1]);
        using FullModel guarded = new(Model(1)), start = new(Model(1)), bare = new(Model(1));
        PreferenceOptions options = new(3, GroupsPerStep: 2, Workers: 1, StopAtChosenDrop: 1e9);
        string? why = new PreferenceTrainer(guarded, Data(objective, 2, options, Groups), [], objective, options, far, Key).Train(null, TestContext.Current.CancellationToken);
        Assert.Contains("The weights of step 0 were kept", why);
        Assert.Equal(Weights(start), Weights(guarded));

        options = options with { StopAtChosenDrop = 0 };
        DivergenceException failure = Assert.Throws<DivergenceException>(() =>
            new PreferenceTrainer(bare, Data(objective, 2, options, Groups), [], objective, options, far, Key).Train(null, TestContext.Current.CancellationToken));
        Assert.Contains("at step 2: lower the learning rate", failure.Message);
    }

    private static ModelConfig Config { get; } = ModelConfig.Read(WriteConfig());

    private static string WriteConfig()
    {
        string folder = Directory.CreateTempSubdirectory("plum-torch-").FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), """
            {
              "model_type": "qwen2", "vocab_size": 64, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
              "num_key_value_heads": 2, "max_position_embeddings": 64, "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "tie_word_embeddings": true, "hidden_act": "silu"
            }
            """);
        return folder;
    }

    /// <summary>A model whose predictions differ well from a uniform guess.</summary>
    private static Decoder Model(ulong seed)
    {
        Decoder model = Decoder.Create(Config, new DrawKey(seed, 0, "weights"));
        foreach ((string name, Tensor parameter) in model.Parameters)
        {
            if (parameter.dim() > 1) parameter.mul_(8);
        }

        return model;
    }

    private static FrozenDecoder Frozen(ulong seed)
    {
        Decoder model = Model(seed);
        return FrozenDecoder.Create(Config, name => model.Parameters[name], ScalarType.Float32);
    }

    private static PreferenceData Data(Objective objective, ulong reference, PreferenceOptions options, PreferenceGroup[] groups)
    {
        using FrozenDecoder frozen = Frozen(reference);
        return PreferenceData.Of(groups, objective, rotate: false, groups.Length, Key, scored => ReferenceLogProbs.Compute(frozen.Model, frozen.Weights, scored, options));
    }

    private static byte[] Weights(TrainedModel model) => [.. model.Masters.Values.SelectMany(tensor => tensor.bytes.ToArray())];

    /// <summary>The first step of a training, beside what is needed to compute it by hand.</summary>
    private sealed class OneStep
    {
        private readonly ulong seed;

        public OneStep(Objective objective, ulong seed, ulong reference)
        {
            this.seed = seed;
            using FullModel model = new(Model(seed));
            PreferenceOptions options = new(1, Groups.Length, Workers: 2);
            PreferenceData data = Data(objective, reference, options, Groups);
            PreferenceStep? told = null;
            Policy = Sums(seed);
            Reference = Sums(reference);
            new PreferenceTrainer(model, data, [], objective, options, new OptimizerOptions(0, Rates: [0]), Key).Train(step => told = step, TestContext.Current.CancellationToken);
            Told = told!;
        }

        public PreferenceStep Told { get; }

        /// <summary>log p of each completion.</summary>
        public double[] Policy { get; }

        public double[] Reference { get; }

        /// <summary>The gradient's norm, given the loss's slope along each completion's log p.</summary>
        public double NormOf(double[] slopes)
        {
            using DisposeScope scope = NewDisposeScope();
            using FullModel model = new(Model(seed));
            using GradientWorkers workers = new(model, 1);
            int[] every = [.. Enumerable.Range(0, All.Length)];
            workers.Accumulate(every, null, (decoder, weights, c) =>
            {
                BatchPass pass = Alone(decoder, weights, c);
                pass.Backward(pass.LogProbs.sum() * slopes[c]);
                return 0;
            });
            return Math.Sqrt(workers.Masters.Values.Sum(m => (double)m.grad!.square().sum().item<float>()));
        }

        private static double[] Sums(ulong seed)
        {
            using DisposeScope scope = NewDisposeScope();
            using var _ = no_grad();
            using Decoder model = Model(seed);
            DecoderWeights weights = DecoderWeights.Arrange(Config, model.Parameters, ScalarType.Float32);
            return [.. All.Select((_, c) => (double)Alone(model, weights, c).LogProbs.sum().item<float>())];
        }

        private static BatchPass Alone(Decoder decoder, DecoderWeights weights, int c)
        {
            PreferenceGroup group = Groups.First(g => g.Completions.Contains(All[c]));
            using PackedBatch batch = PackedBatch.Pack([new CompletionGroup(group.Prompt, [All[c].Tokens])], 16);
            return BatchPass.Run(decoder, weights, batch, new PassOptions());
        }
    }
}
