using Plum.Torch.Transformers;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>How supervised fine-tuning goes through its examples.</summary>
/// <param name="Epochs">Passes over the examples.</param>
/// <param name="BatchSize">Examples of an optimizer step.</param>
/// <param name="Workers">Threads that share a step.</param>
/// <param name="RowLength">Tokens of a packed row: attention costs rows times its square.</param>
/// <param name="DType">The type of the matrix products.</param>
public sealed record SupervisedOptions(double Epochs = 1, int BatchSize = 64, int Workers = 2, int RowLength = 128,
    ScalarType DType = ScalarType.Float32);

/// <summary>Figures of one optimizer step.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Loss">Mean negative log-likelihood of a completion token, in nats.</param>
/// <param name="GradNorm">Global norm before clipping.</param>
/// <param name="LearningRate">The rate of the step.</param>
/// <param name="NumTokens">Completion tokens trained on so far.</param>
/// <param name="Entropy">Mean entropy of the predictions, in nats.</param>
public sealed record SupervisedStep(int Step, double Loss, double GradNorm, double LearningRate, long NumTokens, double Entropy);

/// <summary>Supervised fine-tuning: maximum likelihood of completion tokens, prompts masked out.</summary>
public static class SupervisedTrainer
{
    /// <summary>Trains a decoder in place.</summary>
    /// <param name="model">The decoder; its float32 parameters are changed.</param>
    /// <param name="examples">Prompt and completion in tokens.</param>
    /// <param name="options">How to go through them.</param>
    /// <param name="optimizer">How parameters move.</param>
    /// <param name="key">Keys the order of the examples.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellation">Checked once a step.</param>
    public static void Train(
        Decoder model, IReadOnlyList<CompletionGroup> examples, SupervisedOptions options, OptimizerOptions optimizer,
        DrawKey key, Action<SupervisedStep>? progress, CancellationToken cancellation)
    {
        int batchSize = Math.Min(options.BatchSize, examples.Count);
        int steps = Math.Max(1, (int)Math.Round(options.Epochs * examples.Count / batchSize));
        using GradientWorkers workers = new(model, options.Workers, options.DType);
        using PolicyOptimizer adam = new(workers.Masters, optimizer, steps);
        ShuffledOrder order = new(examples.Count, key);
        long tokens = 0;
        for (int step = 1; step <= steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            CompletionGroup[] batch = [.. order.Take(batchSize).Select(i => examples[i])];
            int targets = batch.Sum(g => g.Completions.Sum(c => c.Length));
            CompletionGroup[][] microBatches = [.. Enumerable.Range(0, options.Workers).Select(w => batch.Where((_, i) => i % options.Workers == w).ToArray()).Where(m => m.Length > 0)];
            double rate = adam.LearningRate;
            (double Loss, double Entropy)[] figures = workers.Accumulate(microBatches, (decoder, weights, groups) =>
            {
                using PackedBatch packed = PackedBatch.Pack(groups, options.RowLength);
                Tensor logProbs = TokenLogProbs.Compute(decoder, weights, packed, out Tensor entropy);
                Tensor loss = logProbs.sum().neg() / targets;
                return (loss, ((double)loss.item<float>(), entropy.item<float>() * (double)logProbs.shape[0] / targets));
            });
            double norm = adam.Step();
            tokens += targets;
            progress?.Invoke(new SupervisedStep(step, figures.Sum(f => f.Loss), norm, rate, tokens, figures.Sum(f => f.Entropy)));
        }
    }
}
