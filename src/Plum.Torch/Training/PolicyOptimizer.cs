using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Plum.Torch.Training;

/// <summary>AdamW over the float32 masters, with a clipped global norm and a scheduled rate.</summary>
public sealed class PolicyOptimizer : IDisposable
{
    private readonly OptimizerOptions options;
    private readonly LearningRateSchedule schedule;
    private readonly Parameter[] parameters;
    private readonly string[] names;
    private readonly AdamW adam;

    /// <summary>A fresh optimizer.</summary>
    /// <param name="masters">The parameters by canonical name.</param>
    /// <param name="options">How they move.</param>
    /// <param name="totalSteps">Where the schedule ends.</param>
    public PolicyOptimizer(IReadOnlyDictionary<string, Parameter> masters, OptimizerOptions options, int totalSteps)
    {
        this.options = options;
        schedule = new LearningRateSchedule(options.Schedule, options.LearningRate, totalSteps, options.WarmupSteps);
        parameters = [.. masters.Values];
        Parameter[] decayed = [.. parameters.Where(p => options.DecayAll || p.dim() > 1)], spared = [.. parameters.Except(decayed)];
        names = [.. decayed.Concat(spared).Select(p => masters.First(m => ReferenceEquals(m.Value, p)).Key)];
        adam = optim.AdamW(
            [
                new AdamW.ParamGroup(decayed, lr: 0, options.Beta1, options.Beta2, options.Epsilon, options.WeightDecay),
                new AdamW.ParamGroup(spared, lr: 0, options.Beta1, options.Beta2, options.Epsilon, 0),
            ],
            0, options.Beta1, options.Beta2, options.Epsilon, 0);
    }

    /// <summary>Steps taken.</summary>
    public int Steps { get; private set; }

    /// <summary>The rate of the next step.</summary>
    public double LearningRate => options.Rates is { } rates ? rates[Steps] : schedule.At(Steps);

    /// <summary>The moments by name, for saving: views, not copies.</summary>
    public IEnumerable<(string Name, Tensor Value)> Moments() => States().SelectMany(state => ((string, Tensor)[])
        [(state.Name + ".exp_avg", state.State.exp_avg), (state.Name + ".exp_avg_sq", state.State.exp_avg_sq)]);

    /// <summary>Goes on where another optimizer of the same parameters was saved.</summary>
    /// <param name="steps">The steps it had taken.</param>
    /// <param name="load">Gives its moments by name; the tensors belong to the caller's scope.</param>
    public void Restore(int steps, Func<string, Tensor> load)
    {
        using var _ = no_grad();
        foreach ((string name, AdamW.State state) in States())
        {
            state.exp_avg.copy_(load(name + ".exp_avg"));
            state.exp_avg_sq.copy_(load(name + ".exp_avg_sq"));
            state.step = steps;
        }

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
        foreach (var group in adam.ParamGroups)
            group.LearningRate = LearningRate;
        adam.step();
        Steps++;
        return norm;
    }

    private IEnumerable<(string Name, AdamW.State State)> States() => names.Zip(adam.state_dict().State.Cast<AdamW.State>());

    /// <inheritdoc/>
    public void Dispose() => adam.Dispose();
}

/// <summary>Training left the numbers: a loss or gradient is not finite, or a guard saw the policy break.</summary>
/// <param name="message">What was seen, when, and what to change.</param>
public sealed class DivergenceException(string message) : Exception(message);
