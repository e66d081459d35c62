using Plum.Torch.Transformers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019) over the float32 masters, with a clipped global norm and a scheduled rate. The operations are those of
/// torch.optim.AdamW, in its order; TorchSharp's makes eight native numbers a tensor and step, which stay (build/RelaxLibstdcxx.targets).
/// </summary>
public sealed class PolicyOptimizer : IDisposable
{
    private readonly OptimizerOptions options;
    private readonly LearningRateSchedule schedule;
    private readonly Parameter[] parameters;
    private readonly Moving[] moving;

    /// <summary>A fresh optimizer.</summary>
    /// <param name="masters">The parameters by canonical name.</param>
    /// <param name="options">How they move.</param>
    /// <param name="totalSteps">Where the schedule ends.</param>
    public PolicyOptimizer(IReadOnlyDictionary<string, Parameter> masters, OptimizerOptions options, int totalSteps)
    {
        this.options = options;
        schedule = new LearningRateSchedule(options.Schedule, options.LearningRate, totalSteps, options.WarmupSteps);
        parameters = [.. masters.Values];
        moving = [.. masters.Select(master => new Moving(
            master.Key, master.Value, options.WeightDecay > 0 && (options.DecayAll || master.Value.dim() > 1),
            zeros_like(master.Value).DetachFromDisposeScope(), zeros_like(master.Value).DetachFromDisposeScope()))];
    }

    /// <summary>Steps taken.</summary>
    public int Steps { get; private set; }

    /// <summary>The rate of the next step.</summary>
    public double LearningRate => options.Rates is { } rates ? rates[Steps] : schedule.At(Steps);

    /// <summary>The moments by name, for saving: views, not copies.</summary>
    public IEnumerable<(string Name, Tensor Value)> Moments() => moving.SelectMany(one => ((string, Tensor)[])[(one.Name + ".exp_avg", one.First), (one.Name + ".exp_avg_sq", one.Second)]);

    /// <summary>Goes on where another optimizer of the same parameters was saved.</summary>
    /// <param name="steps">The steps it had taken.</param>
    /// <param name="load">Gives its moments by name; the tensors belong to the caller's scope.</param>
    public void Restore(int steps, Func<string, Tensor> load)
    {
        ArgumentNullException.ThrowIfNull(load);
        using var _ = no_grad();
        foreach ((string name, Tensor moment) in Moments())
            moment.copy_(load(name));
        Steps = steps;
    }

    /// <summary>Moves the masters along their gradients.</summary>
    /// <returns>The gradients' global norm before clipping.</returns>
    public double Step()
    {
        using DisposeScope scope = NewDisposeScope();
        double norm = nn.utils.clip_grad_norm_(parameters, options.ClipNorm > 0 ? options.ClipNorm : double.PositiveInfinity);
        if (!double.IsFinite(norm))
            throw new DivergenceException($"The gradient's norm is {norm} at step {Steps + 1}: lower the learning rate ({options.LearningRate}).");
        using var _ = no_grad();
        double rate = LearningRate;
        Steps++;
        using Scalar kept = 1 - (rate * options.WeightDecay), bias = Math.Sqrt(1 - Math.Pow(options.Beta2, Steps)), size = -rate / (1 - Math.Pow(options.Beta1, Steps));
        foreach (Moving one in moving)
        {
            if (one.Master.grad is not { } gradient)
                continue;
            if (one.Decays)
                one.Master.mul_(kept);
            one.First.mul_(Constants.Of(options.Beta1)).add_(gradient, Constants.Of(1 - options.Beta1));
            one.Second.mul_(Constants.Of(options.Beta2)).addcmul_(gradient, gradient, Constants.Of(1 - options.Beta2));
            one.Master.addcdiv_(one.First, (one.Second.sqrt() / bias).add_(Constants.Of(options.Epsilon)), size);
        }

        return norm;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Moving one in moving)
        {
            one.First.Dispose();
            one.Second.Dispose();
        }
    }

    /// <summary>A parameter with its two moments.</summary>
    private sealed record Moving(string Name, Parameter Master, bool Decays, Tensor First, Tensor Second);
}

/// <summary>Training left the numbers: a loss or gradient is not finite, or a guard saw the policy break.</summary>
/// <param name="message">What was seen, when, and what to change.</param>
public sealed class DivergenceException(string message) : Exception(message);
