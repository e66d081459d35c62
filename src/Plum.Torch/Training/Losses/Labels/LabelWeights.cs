using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Labels;

/// <summary>
/// Class weights from label counts, after equation 8 of the first version of the KTO paper (arXiv 2402.01306): lambda_D n_D / (lambda_U n_U) in [1, 4/3].
/// </summary>
/// <param name="Desirable">lambda_D.</param>
/// <param name="Undesirable">lambda_U.</param>
public sealed record LabelWeights(double Desirable, double Undesirable)
{
    /// <summary>
    /// The weights nearest to 1 that satisfy the rule, the greater class at 1. Where one weight is given the other follows it; where both are, they stand.
    /// A class without examples leaves both at 1.
    /// </summary>
    /// <param name="desirable">n_D.</param>
    /// <param name="undesirable">n_U.</param>
    /// <param name="desirableWeight">lambda_D, where it is given.</param>
    /// <param name="undesirableWeight">lambda_U, where it is given.</param>
    public static LabelWeights For(long desirable, long undesirable, double? desirableWeight = null, double? undesirableWeight = null)
    {
        if (desirable == 0 || undesirable == 0 || (desirableWeight is not null && undesirableWeight is not null))
            return new LabelWeights(desirableWeight ?? 1, undesirableWeight ?? 1);
        double ratio = (double)desirable / undesirable * (desirableWeight ?? 1) / (undesirableWeight ?? 1);
        double wanted = Math.Clamp(ratio, 1, 4.0 / 3);
        if (desirableWeight is { } given) return new LabelWeights(given, ratio / wanted);
        if (undesirableWeight is { } other) return new LabelWeights(wanted / ratio, other);
        return ratio < wanted ? new LabelWeights(wanted / ratio, 1) : new LabelWeights(1, ratio / wanted);
    }

    /// <summary>Whether these weights satisfy the rule for these counts.</summary>
    /// <param name="desirable">n_D.</param>
    /// <param name="undesirable">n_U.</param>
    public bool Balance(long desirable, long undesirable) =>
        undesirable > 0 && Desirable * desirable / (Undesirable * undesirable) is >= 1 - 1e-9 and <= 4.0 / 3 + 1e-9;

    /// <summary>One weight an example from its sign.</summary>
    internal static Tensor PerExample(Tensor signs, double desirable, double undesirable) =>
        signs * ((desirable - undesirable) / 2) + (desirable + undesirable) / 2;
}
