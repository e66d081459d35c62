using System.Globalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>
/// Ends a training that makes the policy's own passing programs unlikely, which is how preference losses break a policy
/// while their accuracy still rises: the weights of the last healthy check come back.
/// </summary>
public sealed class ChosenGuard : IDisposable
{
    private const int Window = 20;
    private const string Prefix = "healthy.";

    private readonly double mostDrop;
    private readonly Queue<double> recent = new();
    private readonly KeptWeights healthy;

    /// <summary>Keeps the weights as they are now.</summary>
    /// <param name="masters">The weights that are trained.</param>
    /// <param name="mostDrop">How far the mean log-ratio of passing completions may fall below 0, in nats; 0 watches nothing.</param>
    public ChosenGuard(IReadOnlyDictionary<string, Parameter> masters, double mostDrop)
    {
        this.mostDrop = mostDrop;
        healthy = new KeptWeights(masters);
        if (mostDrop > 0)
            healthy.Keep(0);
    }

    /// <summary>Looks at a step. A step's ratios are those before its update, so what is kept is known to be healthy.</summary>
    /// <param name="step">From 1.</param>
    /// <param name="chosen">Mean log-ratio of the step's passing completions to the reference, in nats.</param>
    /// <returns>Why training has to end, the weights having been put back; null while it may go on.</returns>
    public string? Broke(int step, double chosen)
    {
        if (mostDrop == 0)
            return null;
        recent.Enqueue(chosen);
        if (recent.Count > Window)
            recent.Dequeue();
        double mean = recent.Average();
        if (mean < -mostDrop)
        {
            healthy.Restore();
            return string.Create(CultureInfo.InvariantCulture,
                $"passing programs lost {-mean:F1} nats by step {step}; the weights of step {healthy.Step} were kept. Lower the learning rate or raise alpha");
        }

        if (step % Window == 0 && mean > -mostDrop / 2)
            healthy.Keep(step);
        return null;
    }

    /// <summary>Puts the last healthy weights back where there are some: a step's numbers were not finite.</summary>
    /// <param name="failure">What was seen.</param>
    /// <returns>Why training has to end; null where nothing was kept.</returns>
    public string? Rescue(DivergenceException failure)
    {
        if (mostDrop == 0)
            return null;
        healthy.Restore();
        return string.Create(CultureInfo.InvariantCulture, $"{failure.Message} The weights of step {healthy.Step} were kept");
    }

    /// <summary>What a saved state needs of it.</summary>
    internal SavedState Describe(SavedState state) => state with { Recent = [.. recent], HealthyStep = healthy.Step };

    /// <summary>The kept weights, for a saved state.</summary>
    internal IEnumerable<(string Name, Tensor Value)> Tensors() => healthy.Tensors(Prefix);

    /// <summary>Goes on from a saved state.</summary>
    internal void Restore(SavedState state, Func<string, Tensor> load)
    {
        if (mostDrop == 0)
            return;
        foreach (double chosen in state.Recent ?? [])
            recent.Enqueue(chosen);
        healthy.Keep(state.HealthyStep, name => load(Prefix + name));
    }

    /// <inheritdoc/>
    public void Dispose() => healthy.Dispose();
}
