namespace Plum.Torch.Goldens;

/// <summary>How far a model's answers are from golden ones; null where the file has nothing to compare.</summary>
/// <param name="LogitDifference">The largest difference of a logit at a real token.</param>
/// <param name="LogProbDifference">The largest difference of a learnt token's log-probability, or of a sequence's.</param>
/// <param name="LossDifference">The difference of the loss.</param>
/// <param name="GradientDifference">The largest difference of a gradient's element, divided by the tensor's largest where that is above 1.</param>
/// <param name="GradientOf">The parameter where that is.</param>
/// <param name="GreedyTokens">Greedy tokens compared.</param>
/// <param name="GreedyDifferent">How many are others.</param>
public sealed record GoldenFigures(
    double? LogitDifference,
    double? LogProbDifference,
    double? LossDifference,
    double? GradientDifference,
    string? GradientOf,
    int? GreedyTokens,
    int? GreedyDifferent)
{
    /// <summary>A difference above this is one.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>Whether nothing differs.</summary>
    public bool Agrees => GreedyDifferent is null or 0
        && ((double?[])[LogitDifference, LogProbDifference, LossDifference, GradientDifference]).All(difference => difference is null or <= Tolerance);
}
