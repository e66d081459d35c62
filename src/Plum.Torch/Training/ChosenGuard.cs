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

    private readonly IReadOnlyDictionary<string, Parameter> masters;
    private readonly double mostDrop;
    private readonly Queue<double> recent = new();
    private readonly Dictionary<string, Tensor> healthy = [];
    private int healthyStep;

    /// <summary>Keeps the weights as they are now.</summary>
    /// <param name="masters">The weights that are trained.</param>
    /// <param name="mostDrop">How far the mean log-ratio of passing completions may fall below 0, in nats; 0 watches nothing.</param>
    public ChosenGuard(IReadOnlyDictionary<string, Parameter> masters, double mostDrop)
    {
        (this.masters, this.mostDrop) = (masters, mostDrop);
        if (mostDrop > 0)
            Keep(0);
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
            Restore();
            return string.Create(CultureInfo.InvariantCulture,
                $"passing programs lost {-mean:F1} nats by step {step}; the weights of step {healthyStep} were kept. Lower the learning rate or raise alpha");
        }

        if (step % Window == 0 && mean > -mostDrop / 2)
            Keep(step);
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in healthy.Values)
            tensor.Dispose();
    }

    private void Keep(int step)
    {
        using var _ = no_grad();
        foreach ((string name, Parameter parameter) in masters)
        {
            if (healthy.TryGetValue(name, out Tensor? kept))
                kept.copy_(parameter);
            else
                healthy[name] = parameter.detach().clone().DetachFromDisposeScope();
        }

        healthyStep = step;
    }

    private void Restore()
    {
        using var _ = no_grad();
        foreach ((string name, Tensor kept) in healthy)
            masters[name].copy_(kept);
    }
}
