namespace Plum.Torch.Training;

/// <summary>How parameters move.</summary>
/// <param name="LearningRate">The peak rate.</param>
/// <param name="Schedule">How the rate moves after the warm-up.</param>
/// <param name="WarmupSteps">Steps over which the rate rises from zero.</param>
/// <param name="WeightDecay">Decoupled decay (Loshchilov and Hutter 2019) of matrices; norms and biases decay with <paramref name="DecayAll"/> only.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="ClipNorm">The largest global gradient norm; 0 never clips.</param>
/// <param name="DecayAll">Whether norms and biases decay too, as with a bare torch.optim.AdamW; transformers' trainer spares them.</param>
/// <param name="Rates">The rate of every step, in the place of schedule and peak rate; null goes by the schedule.</param>
public sealed record OptimizerOptions(
    double LearningRate = 1e-4,
    LearningRateShape Schedule = LearningRateShape.Linear,
    int WarmupSteps = 0,
    double WeightDecay = 0.0,
    double Beta1 = 0.9,
    double Beta2 = 0.999,
    double Epsilon = 1e-8,
    double ClipNorm = 1.0,
    bool DecayAll = false,
    IReadOnlyList<double>? Rates = null);
