using Plum.Torch.Training.Losses;
using Plum.Torch.Transformers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>How preference training goes through its groups.</summary>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="GroupsPerStep">Prompts of a step.</param>
/// <param name="ReplayPerStep">SFT examples mixed into a step.</param>
/// <param name="ReplayWeight">Weight of their likelihood.</param>
/// <param name="Workers">Threads that share a step.</param>
/// <param name="RowLength">Tokens of a packed row: attention costs rows times its square.</param>
/// <param name="DType">The type of the matrix products.</param>
/// <param name="StopAtChosenDrop">See <see cref="ChosenGuard"/>; 0 for none.</param>
/// <param name="MicroBatchTokens">The most tokens computed at once by a worker; 0 for its share of the step.</param>
/// <param name="EvaluateEvery">Steps between looks at held-out groups.</param>
/// <param name="Patience">After how many looks without improvement training ends.</param>
/// <param name="Memory">How a pass spares memory; null for <see cref="PassOptions"/>' defaults.</param>
public sealed record PreferenceOptions(
    int Steps, int GroupsPerStep = 32, int ReplayPerStep = 0, double ReplayWeight = 1, int Workers = 2, int RowLength = 192,
    ScalarType DType = ScalarType.Float32, double StopAtChosenDrop = 0, int MicroBatchTokens = 0, int EvaluateEvery = 20, int Patience = 5,
    PassOptions? Memory = null)
{
    /// <summary>How a pass spares memory.</summary>
    public PassOptions Pass => Memory ?? new();
}

/// <summary>Preference training against a frozen reference whose log-probs were computed once.</summary>
/// <param name="policy">What is trained, in place.</param>
/// <param name="data">What is learnt.</param>
/// <param name="replay">SFT examples to mix in; may be empty.</param>
/// <param name="objective">What a step minimizes.</param>
/// <param name="options">How to go through the data.</param>
/// <param name="optimizer">How parameters move.</param>
/// <param name="key">Keys the order of the data, and dropout.</param>
public sealed class PreferenceTrainer(
    TrainedModel policy, PreferenceData data, IReadOnlyList<CompletionGroup> replay, Objective objective,
    PreferenceOptions options, OptimizerOptions optimizer, DrawKey key)
{
    /// <summary>Prompts that are not trained on but watched; null for none.</summary>
    public PreferenceData? HeldOut { get; init; }

    /// <summary>Where states are saved and gone on from; null for nowhere.</summary>
    public SavedStates? Saved { get; init; }

    /// <summary>Trains.</summary>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellation">Checked once a step.</param>
    /// <returns>Why it stopped before its last step; null where it did not.</returns>
    /// <exception cref="DivergenceException">A gradient is not finite, and no healthy weights were kept.</exception>
    public string? Train(Action<PreferenceStep>? progress, CancellationToken cancellation)
    {
        using GradientWorkers workers = new(policy, options.Workers, options.DType);
        using PolicyOptimizer adam = new(workers.Masters, optimizer, options.Steps);
        using ChosenGuard guard = new(workers.Masters, options.StopAtChosenDrop);
        using HeldOutWatch watch = new(workers.Masters, options.EvaluateEvery, options.Patience);
        ShuffledOrder order = new(data.Groups.Count, key with { Purpose = key.Purpose + "/order" });
        ShuffledOrder replayOrder = new(Math.Max(1, replay.Count), key with { Purpose = key.Purpose + "/replay" });
        int perStep = Math.Min(options.GroupsPerStep, data.Groups.Count);
        long tokens = 0;
        LossState carried = default;
        int done = Saved?.Restore((state, load) =>
        {
            Restore(workers.Masters, load);
            adam.Restore(state.Step, load);
            guard.Restore(state, load);
            watch.Restore(state, load);
            (tokens, carried) = (state.Tokens, state.Loss);
        }) ?? 0;
        for (int step = 1; step <= options.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] batch = [.. order.Take(perStep)];
            CompletionGroup[] rehearsed = replay.Count == 0 ? [] : [.. replayOrder.Take(options.ReplayPerStep).Select(i => replay[i])];
            if (step <= done)
                continue;
            double rate = adam.LearningRate, norm, kl = Kl(data, batch);
            StepFigures figures = Accumulate(workers, batch, rehearsed, kl, step, carried);
            try
            {
                norm = adam.Step();
            }
            catch (DivergenceException failure)
            {
                return guard.Rescue(failure) ?? throw new DivergenceException(Saved?.Last is { } last ? $"{failure.Message} The last state before it is in {last}." : failure.Message);
            }

            carried = figures.Carried(carried);
            tokens += batch.Sum(i => data.Groups[i].Tokens.Targets) + rehearsed.Sum(g => g.Targets);
            PreferenceStep told = new PreferenceStep(step, figures.Loss, norm, rate, tokens, figures.Entropy, Kl: objective.NeedsKl ? kl : null).With(figures.Metrics.Means());
            string? ended = guard.Broke(step, figures.Chosen);
            if (ended is null && HeldOut is not null && watch.Due(step, options.Steps))
            {
                (double loss, IReadOnlyDictionary<string, double> means) = Evaluate(HeldOut, carried);
                told = told with { EvalLoss = loss, EvalRewardsAccuracies = means.TryGetValue("rewards/accuracies", out double right) ? right : null, EvalRewardsMargins = means.TryGetValue("rewards/margins", out double margin) ? margin : null };
                ended = watch.Look(step, loss);
                if (ended is not null || step == options.Steps)
                    watch.Restore();
            }

            progress?.Invoke(told);
            if (ended is not null)
                return ended;
            Saved?.Keep(
                step,
                watch.BestStep == step,
                () => watch.Describe(guard.Describe(new SavedState(Saved.Task, step, tokens, carried))),
                () => [.. policy.Masters.Select(m => (m.Key, m.Value)), .. adam.Moments(), .. guard.Tensors(), .. watch.Tensors()]);
        }

        return null;
    }

    private static void Restore(IReadOnlyDictionary<string, Parameter> masters, Func<string, Tensor> load)
    {
        using var _ = no_grad();
        foreach ((string name, Parameter master) in masters)
            master.copy_(load(name));
    }

    /// <summary>A step's gradients, left in the masters.</summary>
    private StepFigures Accumulate(GradientWorkers workers, int[] batch, CompletionGroup[] rehearsed, double kl, int step, LossState carried)
    {
        StepTotals totals = StepTotals.Of(batch.Select(i => data.Groups[i]));
        int replayTokens = Math.Max(1, rehearsed.Sum(g => g.Targets));
        StepFigures[] parts = workers.Accumulate(Parts(batch, rehearsed), key with { Purpose = $"{key.Purpose}/drop/{step}" }, (decoder, weights, part) =>
        {
            PreferenceGroup[] mine = [.. part.Groups.Select(i => data.Groups[i])];
            using PackedBatch packed = PackedBatch.Pack([.. mine.Select(g => g.Tokens), .. part.Replay], options.RowLength, decoder.Device);
            BatchPass pass = BatchPass.Run(decoder, weights, packed, options.Pass);
            int own = mine.Sum(g => g.Completions.Count), ownTokens = packed.Starts[own];
            ObjectiveValue value = new(zeros([]), new LossMetrics(), carried);
            double chosen = 0;
            int chosenCount = 0;
            if (own > 0)
            {
                Tensor mineLogProbs = pass.LogProbs.narrow(0, 0, ownTokens);
                Tensor fixedLogProbs = tensor(part.Groups.SelectMany(i => data.Reference[i]).ToArray());
                ObjectiveInput input = new(mine, [.. packed.Starts.Take(own + 1)], mineLogProbs, fixedLogProbs, totals, kl, carried);
                value = objective.Value(input);
                using var _ = no_grad();
                float[] ratios = input.PerCompletion(mineLogProbs.detach() - fixedLogProbs).Floats().ToArray();
                foreach ((LabelledTokens completion, float ratio) in mine.SelectMany(g => g.Completions).Zip(ratios).Where(one => one.First.Label))
                    (chosen, chosenCount) = (chosen + ratio, chosenCount + 1);
            }

            Tensor loss = value.Loss;
            if (part.Replay.Length > 0)
                loss = loss - (pass.LogProbs.narrow(0, ownTokens, pass.LogProbs.shape[0] - ownTokens).sum() * (options.ReplayWeight / replayTokens));
            pass.Backward(loss);
            return new StepFigures(loss.item<float>(), pass.Entropy.item<float>() * (double)packed.Targets.shape[0], packed.Targets.shape[0], value.Metrics, chosen, chosenCount, value.State.MeanReward * value.Examples, value.Examples);
        });
        return parts.Aggregate(StepFigures.Zero, (sum, part) => sum + part);
    }

    private (int[] Groups, CompletionGroup[] Replay)[] Parts(int[] batch, CompletionGroup[] rehearsed)
    {
        int[][] groups = MicroBatches.Of(batch, i => data.Groups[i].Tokens.Tokens, options.MicroBatchTokens, options.Workers);
        CompletionGroup[][] replayed = MicroBatches.Of(rehearsed, g => g.Tokens, options.MicroBatchTokens, options.Workers);
        return options.MicroBatchTokens > 0
            ? [.. groups.Select(part => (part, Array.Empty<CompletionGroup>())), .. replayed.Select(part => (Array.Empty<int>(), part))]
            : [.. groups.Select((part, worker) => (part, replayed.ElementAtOrDefault(worker) ?? []))];
    }

    /// <summary>KTO's divergence of the policy as it is now, over the step's prompts; 0 where the objective does not ask.</summary>
    private double Kl(PreferenceData of, int[] batch)
    {
        if (!objective.NeedsKl) return 0;
        CompletionGroup[] mismatched = [.. batch.Select(i => of.Mismatched[i])];
        float[][] now = LogProbs(mismatched);
        return Math.Max(0, batch.Select((i, n) => (double)now[n].Sum() - of.MismatchedReference[i].Sum()).Sum() / mismatched.Sum(g => g.Completions.Count));
    }

    private (double Loss, IReadOnlyDictionary<string, double> Means) Evaluate(PreferenceData of, LossState carried)
    {
        using DisposeScope scope = NewDisposeScope();
        using var _ = no_grad();
        int[] all = [.. Enumerable.Range(0, of.Groups.Count)];
        float[][] now = LogProbs([.. of.Groups.Select(g => g.Tokens)]);
        List<int> starts = [0];
        foreach (LabelledTokens completion in of.Groups.SelectMany(g => g.Completions))
            starts.Add(starts[^1] + completion.Tokens.Length);
        ObjectiveValue value = objective.Value(
            new ObjectiveInput(of.Groups, starts, tensor(now.SelectMany(g => g).ToArray()), tensor(of.Reference.SelectMany(g => g).ToArray()), StepTotals.Of(of.Groups), Kl(of, all), carried));
        return (value.Loss.item<float>(), value.Metrics.Means());
    }

    private float[][] LogProbs(IReadOnlyList<CompletionGroup> groups)
    {
        using DisposeScope scope = NewDisposeScope();
        using var _ = no_grad();
        return ReferenceLogProbs.Compute(policy.Model, policy.Arrange(policy.Masters, options.DType), groups, options);
    }

    /// <summary>What a micro-batch tells; sums over the step.</summary>
    private readonly record struct StepFigures(double Loss, double EntropySum, long Targets, LossMetrics Metrics, double ChosenSum, int ChosenCount, double StateSum, int Examples)
    {
        public static StepFigures Zero => new(0, 0, 0, new LossMetrics(), 0, 0, 0, 0);

        public double Entropy => EntropySum / Math.Max(1, Targets);

        public double Chosen => ChosenSum / Math.Max(1, ChosenCount);

        /// <summary>The state after the step: each micro-batch moved it by its own mean, together they move it by the step's.</summary>
        public LossState Carried(LossState before) => Examples == 0 ? before : new(StateSum / Examples, before.Batches + 1);

        public static StepFigures operator +(StepFigures a, StepFigures b)
        {
            a.Metrics.Add(b.Metrics);
            return new(a.Loss + b.Loss, a.EntropySum + b.EntropySum, a.Targets + b.Targets, a.Metrics, a.ChosenSum + b.ChosenSum, a.ChosenCount + b.ChosenCount, a.StateSum + b.StateSum, a.Examples + b.Examples);
        }
    }
}
