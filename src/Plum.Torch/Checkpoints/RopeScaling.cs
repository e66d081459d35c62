namespace Plum.Torch.Checkpoints;

/// <summary>
/// How rotary frequencies are stretched beyond the context a model was trained on: <c>rope_scaling</c> (or
/// <c>rope_parameters</c>) of config.json, under either spelling of its kind (<c>type</c>, <c>rope_type</c>).
/// </summary>
public abstract record RopeScaling
{
    private RopeScaling()
    {
    }

    /// <summary>Frequencies divided by a factor (kaiokendev's position interpolation; DeepSeek-Coder).</summary>
    /// <param name="Factor">At least 1.</param>
    public sealed record Linear(double Factor) : RopeScaling;

    /// <summary>
    /// Dynamic NTK: past <paramref name="OriginalPositions"/> tokens the base grows with the length seen,
    /// theta * (factor * length / original - (factor - 1)) ^ (d / (d - 2)).
    /// </summary>
    /// <param name="Factor">At least 1.</param>
    /// <param name="OriginalPositions">The length up to which nothing changes: transformers takes <c>max_position_embeddings</c>.</param>
    public sealed record Dynamic(double Factor, int OriginalPositions) : RopeScaling;

    /// <summary>Llama 3.1: low frequencies divided by the factor, high ones kept, a smooth ramp between.</summary>
    /// <param name="Factor">At least 1.</param>
    /// <param name="LowFrequencyFactor">Wavelengths above original / low are divided by the factor.</param>
    /// <param name="HighFrequencyFactor">Wavelengths below original / high are kept.</param>
    /// <param name="OriginalPositions">The context of pre-training.</param>
    public sealed record Llama3(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalPositions) : RopeScaling;

    /// <summary>YaRN (Peng et al., arXiv 2309.00071): interpolation by parts, and cos and sin scaled by an attention factor.</summary>
    /// <param name="Factor">At least 1.</param>
    /// <param name="AttentionFactor">Multiplies cos and sin; null in the file means 0.1 ln(factor) + 1, filled in here.</param>
    /// <param name="BetaFast">Rotations above which a dimension is only extrapolated; 32 unless told.</param>
    /// <param name="BetaSlow">Rotations below which a dimension is only interpolated; 1 unless told.</param>
    /// <param name="OriginalPositions">The length the correction range is computed from.</param>
    /// <param name="Truncate">Whether the correction range is rounded outwards to whole dimensions; true unless told.</param>
    public sealed record Yarn(double Factor, double AttentionFactor, double BetaFast, double BetaSlow, int OriginalPositions, bool Truncate) : RopeScaling;
}
