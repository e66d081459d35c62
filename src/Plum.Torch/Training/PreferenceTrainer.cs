using Plum.Torch.Transformers;
using TorchSharp;
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
public sealed record PreferenceOptions(
    int Steps, int GroupsPerStep = 32, int ReplayPerStep = 0, double ReplayWeight = 1, int Workers = 2, int RowLength = 192,
    ScalarType DType = ScalarType.Float32, double StopAtChosenDrop = 0);

/// <summary>Figures of one optimizer step, named as TRL names them.</summary>
public sealed record PreferenceStep(
    int Step, double Loss, double GradNorm, double LearningRate, long NumTokens, double Entropy,
    double RewardsChosen, double RewardsRejected, double RewardsAccuracies, double Kl);

/// <summary>Preference training against a frozen reference whose log-probs are computed once.</summary>
public static class PreferenceTrainer
{
    /// <summary>Trains a decoder in place.</summary>
    /// <returns>Why it stopped before its last step; null where it did not.</returns>
    public static string? Train(
        Decoder model, Decoder reference, IReadOnlyList<PreferenceGroup> groups, IReadOnlyList<CompletionGroup> replay,
        Objective objective, PreferenceOptions options, OptimizerOptions optimizer, DrawKey key,
        Action<PreferenceStep>? progress, CancellationToken cancellation)
    {
        float[][] referenceLogProbs = LogProbs(reference, groups.Select(g => g.Tokens).ToArray(), options);
        PreferenceGroup[] mismatched = objective.NeedsKl ? Mismatch(groups, key) : [];
        float[][] mismatchedReference = objective.NeedsKl ? LogProbs(reference, mismatched.Select(g => g.Tokens).ToArray(), options) : [];

        using GradientWorkers workers = new(model, options.Workers, options.DType);
        using PolicyOptimizer adam = new(workers.Masters, optimizer, options.Steps);
        using ChosenGuard guard = new(workers.Masters, options.StopAtChosenDrop);
        ShuffledOrder order = new(groups.Count, key with { Purpose = key.Purpose + "/order" });
        ShuffledOrder replayOrder = new(Math.Max(1, replay.Count), key with { Purpose = key.Purpose + "/replay" });
        long tokens = 0;
        for (int step = 1; step <= options.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] batch = [.. order.Take(Math.Min(options.GroupsPerStep, groups.Count))];
            CompletionGroup[] rehearsed = replay.Count == 0 ? [] : [.. replayOrder.Take(options.ReplayPerStep).Select(i => replay[i])];
            StepTotals totals = StepTotals.Of(batch.Select(i => groups[i]));
            int replayTokens = Math.Max(1, rehearsed.Sum(g => g.Targets));
            double kl = 0;
            if (objective.NeedsKl)
            {
                float[][] now = LogProbs(model, batch.Select(i => mismatched[i].Tokens).ToArray(), options);
                kl = Math.Max(0, now.Select((l, n) => l.Sum() - mismatchedReference[batch[n]].Sum()).Average());
            }

            (int[] Groups, CompletionGroup[] Replay)[] microBatches = [.. Enumerable.Range(0, options.Workers).Select(w =>
                (batch.Where((_, n) => n % options.Workers == w).ToArray(), rehearsed.Where((_, n) => n % options.Workers == w).ToArray()))
                .Where(m => m.Item1.Length > 0)];
            double rate = adam.LearningRate;
            Figures[] figures = workers.Accumulate(microBatches, (decoder, weights, micro) =>
            {
                PreferenceGroup[] mine = [.. micro.Groups.Select(i => groups[i])];
                using PackedBatch packed = PackedBatch.Pack([.. mine.Select(g => g.Tokens), .. micro.Replay], options.RowLength);
                Tensor logProbs = TokenLogProbs.Compute(decoder, weights, packed, out Tensor entropy);
                int own = mine.Sum(g => g.Completions.Count), ownTokens = packed.Starts[own];
                Tensor policy = logProbs.narrow(0, 0, ownTokens);
                Tensor fixedLogProbs = tensor(micro.Groups.SelectMany(i => referenceLogProbs[i]).ToArray());
                ObjectiveInput input = new(mine, [.. packed.Starts.Take(own + 1)], policy, fixedLogProbs, totals, kl);
                Tensor loss = objective.Value(input);
                if (micro.Replay.Length > 0)
                    loss = loss - (logProbs.narrow(0, ownTokens, logProbs.shape[0] - ownTokens).sum() * (options.ReplayWeight / replayTokens));
                using var _ = no_grad();
                float[] ratios = input.PerCompletion(policy.detach() - fixedLogProbs).Floats().ToArray();
                return (loss, Figures.Of(loss.item<float>(), entropy.item<float>(), mine, ratios));
            });
            double norm = adam.Step();
            tokens += batch.Sum(i => groups[i].Tokens.Targets) + (rehearsed.Length > 0 ? replayTokens : 0);
            Figures sum = figures.Aggregate((a, b) => a + b);
            double chosen = sum.Chosen / Math.Max(1, sum.ChosenCount);
            progress?.Invoke(new PreferenceStep(step, sum.Loss, norm, rate, tokens, sum.Entropy / figures.Length,
                chosen, sum.Rejected / Math.Max(1, sum.RejectedCount), sum.Right / Math.Max(1.0, sum.Pairs), kl));
            if (guard.Broke(step, chosen) is { } why)
                return why;
        }

        return null;
    }

    /// <summary>log p of every completion token under a frozen model, group by group.</summary>
    /// <returns>For each group the concatenated log-probs of its completions.</returns>
    public static float[][] LogProbs(Decoder model, IReadOnlyList<CompletionGroup> groups, PreferenceOptions options)
    {
        float[][] results = new float[groups.Count][];
        const int chunk = 32;
        int chunks = (groups.Count + chunk - 1) / chunk;
        Threads.Run(options.Workers, worker =>
        {
            using var _ = no_grad();
            using DisposeScope outer = NewDisposeScope();
            DecoderWeights weights = DecoderWeights.Arrange(model.Config, model.Parameters, options.DType);
            for (int c = worker; c < chunks; c += options.Workers)
            {
                using DisposeScope scope = NewDisposeScope();
                CompletionGroup[] mine = [.. groups.Skip(c * chunk).Take(chunk)];
                using PackedBatch packed = PackedBatch.Pack(mine, options.RowLength);
                float[] all = TokenLogProbs.Compute(model, weights, packed, out Tensor _).Floats().ToArray();
                int completion = 0;
                for (int g = 0; g < mine.Length; g++)
                {
                    int start = packed.Starts[completion];
                    completion += mine[g].Completions.Count;
                    results[(c * chunk) + g] = all[start..packed.Starts[completion]];
                }
            }
        });
        return results;
    }

    /// <summary>Gives every prompt one completion of another prompt, for KTO's divergence estimate.</summary>
    private static PreferenceGroup[] Mismatch(IReadOnlyList<PreferenceGroup> groups, DrawKey key)
    {
        RandomStream draws = (key with { Purpose = key.Purpose + "/mismatch" }).Open();
        return [.. groups.Select((group, i) =>
        {
            int other = groups.Count == 1 ? 0 : (i + 1 + draws.NextInt32(groups.Count - 1)) % groups.Count;
            IReadOnlyList<LabelledTokens> theirs = groups[other].Completions;
            return new PreferenceGroup(group.Prompt, [theirs[draws.NextInt32(theirs.Count)]], []);
        })];
    }

    private readonly record struct Figures(
        double Loss, double Entropy, double Chosen, int ChosenCount, double Rejected, int RejectedCount, int Right, int Pairs)
    {
        public static Figures Of(double loss, double entropy, IReadOnlyList<PreferenceGroup> groups, float[] ratios)
        {
            double chosen = 0, rejected = 0;
            int chosenCount = 0, rejectedCount = 0, right = 0, pairs = 0, first = 0;
            foreach (PreferenceGroup group in groups)
            {
                for (int c = 0; c < group.Completions.Count; c++)
                {
                    if (group.Completions[c].Label)
                        (chosen, chosenCount) = (chosen + ratios[first + c], chosenCount + 1);
                    else
                        (rejected, rejectedCount) = (rejected + ratios[first + c], rejectedCount + 1);
                }

                foreach ((int win, int lose) in group.Pairs)
                    (right, pairs) = (right + (ratios[first + win] > ratios[first + lose] ? 1 : 0), pairs + 1);
                first += group.Completions.Count;
            }

            return new Figures(loss, entropy, chosen, chosenCount, rejected, rejectedCount, right, pairs);
        }

        public static Figures operator +(Figures a, Figures b) => new(
            a.Loss + b.Loss, a.Entropy + b.Entropy, a.Chosen + b.Chosen, a.ChosenCount + b.ChosenCount,
            a.Rejected + b.Rejected, a.RejectedCount + b.RejectedCount, a.Right + b.Right, a.Pairs + b.Pairs);
    }
}
