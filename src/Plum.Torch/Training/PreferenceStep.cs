using System.Text.Json.Serialization;

namespace Plum.Torch.Training;

/// <summary>Figures of one optimizer step, named as TRL names them. What no example of the step has is left out.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Loss">The step's whole loss, replay included.</param>
/// <param name="GradNorm">Global norm before clipping.</param>
/// <param name="LearningRate">The rate of the step.</param>
/// <param name="NumTokens">Completion tokens trained on so far, replay included.</param>
/// <param name="Entropy">Mean entropy of the predictions, in nats.</param>
/// <param name="RewardsChosen">beta (log pi - log pi_ref), mean over chosen or desirable completions.</param>
/// <param name="RewardsRejected">The same over rejected or undesirable ones.</param>
/// <param name="RewardsMargins">The difference of the two.</param>
/// <param name="RewardsAccuracies">The share of pairs whose chosen completion has the greater reward.</param>
/// <param name="LogpsChosen">log pi of whole completions, as far as the loss looks at them; for SimPO and ORPO, as in TRL, its mean over tokens.</param>
/// <param name="LogpsRejected">The same of rejected ones.</param>
/// <param name="Kl">KTO's estimate of the divergence from the reference, clamped at 0.</param>
/// <param name="EvalLoss">The objective on the held-out prompts after the step, where there was a look.</param>
/// <param name="EvalRewardsAccuracies">The accuracy on them.</param>
/// <param name="EvalRewardsMargins">The margin on them.</param>
public sealed record PreferenceStep(
    int Step,
    double Loss,
    double GradNorm,
    double LearningRate,
    long NumTokens,
    double Entropy,
    [property: JsonPropertyName("rewards/chosen")] double? RewardsChosen = null,
    [property: JsonPropertyName("rewards/rejected")] double? RewardsRejected = null,
    [property: JsonPropertyName("rewards/margins")] double? RewardsMargins = null,
    [property: JsonPropertyName("rewards/accuracies")] double? RewardsAccuracies = null,
    [property: JsonPropertyName("logps/chosen")] double? LogpsChosen = null,
    [property: JsonPropertyName("logps/rejected")] double? LogpsRejected = null,
    double? Kl = null,
    double? EvalLoss = null,
    [property: JsonPropertyName("eval_rewards/accuracies")] double? EvalRewardsAccuracies = null,
    [property: JsonPropertyName("eval_rewards/margins")] double? EvalRewardsMargins = null)
{
    /// <summary>Fills in the means that a loss measured.</summary>
    internal PreferenceStep With(IReadOnlyDictionary<string, double> means)
    {
        double? Of(string name) => means.TryGetValue(name, out double mean) ? mean : null;
        return this with
        {
            RewardsChosen = Of("rewards/chosen"),
            RewardsRejected = Of("rewards/rejected"),
            RewardsMargins = Of("rewards/margins"),
            RewardsAccuracies = Of("rewards/accuracies"),
            LogpsChosen = Of("logps/chosen"),
            LogpsRejected = Of("logps/rejected"),
        };
    }
}
