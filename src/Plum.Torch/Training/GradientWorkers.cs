using Plum.Torch.Transformers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>
/// Data-parallel gradients on one machine: each worker is a thread with leaves of its own over the shared storage of
/// the masters; micro-batch i always goes to worker i mod n and gradients are added in worker order, so the sum does not
/// depend on which thread was faster.
/// </summary>
public sealed class GradientWorkers : IDisposable
{
    private readonly TrainedModel trained;
    private readonly ScalarType dtype;
    private readonly Dictionary<string, Tensor>[] leaves;
    private readonly WorkerThreads threads;
    private readonly ProcessMemory memory = new();

    /// <summary>Prepares the workers.</summary>
    /// <param name="trained">What is trained.</param>
    /// <param name="workers">Threads to use.</param>
    /// <param name="dtype">The type of the matrix products; norms, log-probs and gradients of the masters stay in float32.</param>
    public GradientWorkers(TrainedModel trained, int workers, ScalarType dtype = ScalarType.Float32)
    {
        this.trained = trained;
        this.dtype = dtype;
        Masters = trained.Masters.ToDictionary(p => p.Key, p => new Parameter(p.Value.alias().DetachFromDisposeScope(), requires_grad: true));
        leaves = [.. Enumerable.Range(0, workers).Select(_ => trained.Masters.ToDictionary(
            p => p.Key, p => p.Value.detach().requires_grad_(true).DetachFromDisposeScope()))];
        threads = new WorkerThreads(workers);
    }

    /// <summary>The masters, with the summed gradients of the last <see cref="Accumulate"/>.</summary>
    public IReadOnlyDictionary<string, Parameter> Masters { get; }

    /// <summary>Runs micro-batches forward and backward and leaves the sum of their gradients in the masters.</summary>
    /// <typeparam name="T">What a micro-batch is made of.</typeparam>
    /// <typeparam name="TResult">The figures of one micro-batch.</typeparam>
    /// <param name="microBatches">The micro-batches of one optimizer step.</param>
    /// <param name="drops">Keys the step's dropout; null drops nothing.</param>
    /// <param name="run">Computes a loss from the worker's weights, carries it back, and gives its figures. It runs on a worker's thread, inside a dispose scope.</param>
    /// <returns>The figures in the order of the micro-batches.</returns>
    public TResult[] Accumulate<T, TResult>(IReadOnlyList<T> microBatches, DrawKey? drops, Func<Decoder, DecoderWeights, T, TResult> run)
    {
        memory.Bound();
        TResult[] results = new TResult[microBatches.Count];
        threads.Run(worker =>
        {
            foreach (Tensor leaf in leaves[worker].Values)
                leaf.grad = null;
            for (int i = worker; i < microBatches.Count; i += leaves.Length)
            {
                using DisposeScope scope = NewDisposeScope();
                DecoderWeights weights = trained.Arrange(leaves[worker], dtype, drops is { } key ? key with { Purpose = $"{key.Purpose}/{i}" } : null);
                results[i] = run(trained.Model, weights, microBatches[i]);
            }
        });

        using var _ = no_grad();
        using DisposeScope sum = NewDisposeScope();
        foreach ((string name, Parameter master) in Masters)
        {
            Tensor? total = null;
            foreach (Dictionary<string, Tensor> worker in leaves)
            {
                if (worker[name].grad is not { } gradient)
                    continue;
                total = total is null ? gradient.clone() : total.add_(gradient);
            }

            // The master shares it: this end of it goes with the scope, or a step's gradients would wait for the finalizer.
            master.grad = total ?? zeros_like(master);
        }

        return results;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        threads.Dispose();
        foreach (Tensor tensor in leaves.SelectMany(l => l.Values).Concat(Masters.Values))
            tensor.Dispose();
    }
}
