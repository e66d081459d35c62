using TorchSharp;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>How supervised fine-tuning goes through its examples.</summary>
/// <param name="Epochs">Passes over the examples.</param>
/// <param name="BatchSize">Examples of an optimizer step.</param>
/// <param name="Workers">Threads that share a step.</param>
/// <param name="RowLength">Tokens of a packed row: attention costs rows times its square.</param>
/// <param name="DType">The type of the matrix products.</param>
/// <param name="MicroBatchTokens">The most tokens computed at once by a worker; 0 for its share of the step.</param>
/// <param name="Memory">How a pass spares memory; null for <see cref="PassOptions"/>' defaults.</param>
/// <param name="EvaluateEvery">Steps between looks at held-out examples.</param>
/// <param name="Patience">After how many looks without improvement training ends.</param>
public sealed record SupervisedOptions(double Epochs = 1, int BatchSize = 64, int Workers = 2, int RowLength = 128,
    ScalarType DType = ScalarType.Float32, int MicroBatchTokens = 0, PassOptions? Memory = null, int EvaluateEvery = 20, int Patience = 5)
{
    /// <summary>How a pass spares memory.</summary>
    public PassOptions Pass => Memory ?? new();

    /// <summary>Optimizer steps over so many examples.</summary>
    public int Steps(int examples) => Math.Max(1, (int)Math.Round(Epochs * examples / Math.Min(BatchSize, examples)));
}

/// <summary>Figures of one optimizer step.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Loss">Mean negative log-likelihood of a completion token, in nats.</param>
/// <param name="GradNorm">Global norm before clipping.</param>
/// <param name="LearningRate">The rate of the step.</param>
/// <param name="NumTokens">Completion tokens trained on so far.</param>
/// <param name="Entropy">Mean entropy of the predictions, in nats.</param>
/// <param name="EvalLoss">The loss on held-out examples after the step, where there was a look.</param>
public sealed record SupervisedStep(int Step, double Loss, double GradNorm, double LearningRate, long NumTokens, double Entropy, double? EvalLoss = null);

/// <summary>Supervised fine-tuning: maximum likelihood of completion tokens, prompts masked out.</summary>
public static class SupervisedTrainer
{
    /// <summary>Trains in place.</summary>
    /// <param name="model">What is trained.</param>
    /// <param name="examples">Prompt and completion in tokens.</param>
    /// <param name="heldOut">Examples that are not trained on but watched: the weights that did best on them are the result; none watches nothing.</param>
    /// <param name="options">How to go through them.</param>
    /// <param name="optimizer">How parameters move.</param>
    /// <param name="key">Keys the order of the examples, and dropout.</param>
    /// <param name="saved">Where states are saved and gone on from; null for nowhere.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellation">Checked once a step.</param>
    /// <returns>Why it stopped before its last step; null where it did not.</returns>
    public static string? Train(
        TrainedModel model, IReadOnlyList<CompletionGroup> examples, IReadOnlyList<CompletionGroup> heldOut, SupervisedOptions options, OptimizerOptions optimizer,
        DrawKey key, SavedStates? saved, Action<SupervisedStep>? progress, CancellationToken cancellation)
    {
        int batchSize = Math.Min(options.BatchSize, examples.Count), steps = options.Steps(examples.Count);
        using GradientWorkers workers = new(model, options.Workers, options.DType);
        using PolicyOptimizer adam = new(workers.Masters, optimizer, steps);
        using HeldOutWatch watch = new(workers.Masters, options.EvaluateEvery, options.Patience);
        ShuffledOrder order = new(examples.Count, key);
        long tokens = 0;
        int done = saved?.Restore((state, load) =>
        {
            using var _ = no_grad();
            foreach ((string name, var master) in workers.Masters) master.copy_(load(name));
            adam.Restore(state.Step, load);
            watch.Restore(state, load);
            tokens = state.Tokens;
        }) ?? 0;
        for (int step = 1; step <= steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            CompletionGroup[] batch = [.. order.Take(batchSize).Select(i => examples[i])];
            if (step <= done)
                continue;
            int targets = batch.Sum(g => g.Completions.Sum(c => c.Length));
            CompletionGroup[][] microBatches = MicroBatches.Of(batch, g => g.Tokens, options.MicroBatchTokens, options.Workers);
            double rate = adam.LearningRate;
            (double Loss, double Entropy)[] figures = workers.Accumulate(microBatches, key with { Purpose = $"{key.Purpose}/drop/{step}" }, (decoder, weights, groups) =>
            {
                using PackedBatch packed = PackedBatch.Pack(groups, options.RowLength, decoder.Device);
                BatchPass pass = BatchPass.Run(decoder, weights, packed, options.Pass);
                Tensor loss = pass.LogProbs.sum().neg() / targets;
                pass.Backward(loss);
                return ((double)loss.item<float>(), pass.Entropy.item<float>() * (double)pass.LogProbs.shape[0] / targets);
            });
            double norm = adam.Step();
            tokens += targets;
            SupervisedStep told = new(step, figures.Sum(f => f.Loss), norm, rate, tokens, figures.Sum(f => f.Entropy));
            string? ended = null;
            if (heldOut.Count > 0 && watch.Due(step, steps))
            {
                told = told with { EvalLoss = Evaluate(model, heldOut, options) };
                ended = watch.Look(step, told.EvalLoss!.Value);
                if (ended is not null || step == steps)
                    watch.Restore();
            }

            progress?.Invoke(told);
            if (ended is not null)
                return ended;
            saved?.Keep(
                step,
                watch.BestStep == step,
                () => watch.Describe(new SavedState(saved.Task, step, tokens)),
                () => [.. model.Masters.Select(m => (m.Key, m.Value)), .. adam.Moments(), .. watch.Tensors()]);
        }

        return null;
    }

    private static double Evaluate(TrainedModel model, IReadOnlyList<CompletionGroup> heldOut, SupervisedOptions options)
    {
        using DisposeScope scope = NewDisposeScope();
        using var _ = no_grad();
        float[][] logProbs = ReferenceLogProbs.Compute(
            model.Model, model.Arrange(model.Masters, options.DType), heldOut,
            new PreferenceOptions(0, Workers: options.Workers, RowLength: options.RowLength, MicroBatchTokens: options.MicroBatchTokens, Memory: options.Pass));
        return -logProbs.Sum(group => group.Sum(value => (double)value)) / heldOut.Sum(group => group.Completions.Sum(c => c.Length));
    }
}
