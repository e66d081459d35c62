namespace Plum.Torch.Training;

/// <summary>How the learning rate goes after its warm-up; the names in a recipe are transformers'.</summary>
public enum LearningRateShape
{
    /// <summary>The base rate from the first step, no warm-up.</summary>
    Constant,

    /// <summary>The base rate after the warm-up.</summary>
    ConstantWithWarmup,

    /// <summary>Straight down to 0 at the last step.</summary>
    Linear,

    /// <summary>Down by half a cosine to 0; with more cycles, up again.</summary>
    Cosine,

    /// <summary>Down by half a cosine, cycle after cycle, from the base rate each time.</summary>
    CosineWithRestarts,

    /// <summary>Down by half a cosine to a least rate.</summary>
    CosineWithMinLr,

    /// <summary>Down to a least rate by a power of what remains.</summary>
    Polynomial,

    /// <summary>Down by one over the square root of the step.</summary>
    InverseSqrt,

    /// <summary>The base rate, then at the end half a cosine to the least rate.</summary>
    WarmupStableDecay,
}

/// <summary>
/// The learning rate at each optimizer step: a pure function, equal to transformers' schedules, warm-up straight up from 0.
/// As there, <see cref="LearningRateShape.Cosine"/> rises again past the last step.
/// </summary>
/// <param name="Shape">How the rate goes.</param>
/// <param name="BaseRate">The rate after the warm-up.</param>
/// <param name="TotalSteps">Optimizer steps of the whole training.</param>
/// <param name="WarmupSteps">Steps of warm-up.</param>
/// <param name="LeastRate">The last rate of shapes that have one; null: 1e-7 for polynomial (transformers' default), else 0.</param>
/// <param name="Cycles">Cosine cycles; null: 0.5 for cosine shapes, 1 with restarts.</param>
/// <param name="Power">Polynomial's power.</param>
/// <param name="DecaySteps">Steps of warmup_stable_decay's last phase; null: a tenth of all.</param>
public sealed record LearningRateSchedule(
    LearningRateShape Shape,
    double BaseRate,
    long TotalSteps,
    long WarmupSteps = 0,
    double? LeastRate = null,
    double? Cycles = null,
    double Power = 1,
    long? DecaySteps = null)
{
    /// <summary>Warm-up steps from a share of all steps, rounded up as transformers does.</summary>
    /// <param name="share">In [0, 1].</param>
    /// <param name="totalSteps">All steps.</param>
    public static long WarmupFrom(double share, long totalSteps) => (long)Math.Ceiling(totalSteps * share);

    /// <summary>The rate with which step <paramref name="step"/> is taken.</summary>
    /// <param name="step">From 0.</param>
    public double At(long step)
    {
        if (Shape == LearningRateShape.Constant) return BaseRate;
        if (step < WarmupSteps) return BaseRate * ((double)step / WarmupSteps);
        double progress = (double)(step - WarmupSteps) / Math.Max(1, TotalSteps - WarmupSteps), least = (LeastRate ?? 0) / BaseRate;
        return BaseRate * Shape switch
        {
            LearningRateShape.ConstantWithWarmup => 1,
            LearningRateShape.Linear => Math.Max(0, (double)(TotalSteps - step) / Math.Max(1, TotalSteps - WarmupSteps)),
            LearningRateShape.Cosine => Cosine(progress, Cycles ?? 0.5),
            LearningRateShape.CosineWithRestarts => progress >= 1 ? 0 : Cosine((Cycles ?? 1) * progress % 1, 0.5),
            LearningRateShape.CosineWithMinLr => Math.Max(0, Cosine(progress, Cycles ?? 0.5) * (1 - least) + least),
            LearningRateShape.Polynomial => Polynomial(step, progress),
            LearningRateShape.InverseSqrt => InverseSqrt(step),
            LearningRateShape.WarmupStableDecay => WarmupStableDecay(step, least),
            _ => throw new InvalidOperationException($"Unknown shape {Shape}."),
        };
    }

    private static double Cosine(double progress, double cycles) => Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * cycles * 2 * progress)));

    private double Polynomial(long step, double progress)
    {
        double last = (LeastRate ?? 1e-7) / BaseRate;
        return step > TotalSteps ? last : (1 - last) * Math.Pow(1 - progress, Power) + last;
    }

    private double InverseSqrt(long step)
    {
        double scale = WarmupSteps > 0 ? WarmupSteps : 10_000;
        return 1 / Math.Sqrt((step + scale - WarmupSteps) / scale);
    }

    private double WarmupStableDecay(long step, double least)
    {
        long decay = DecaySteps ?? Math.Max(1, TotalSteps / 10), start = TotalSteps - decay;
        if (step < start) return 1;
        return step < TotalSteps ? (1 - least) * Cosine((double)(step - start) / decay, Cycles ?? 0.5) + least : least;
    }
}
