using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Labels;

/// <summary>A weighted sum of label losses. Rewards in metrics are the first term's. At most one term may keep a running mean of rewards.</summary>
/// <param name="First">The first term, weighted by <paramref name="FirstWeight"/>.</param>
/// <param name="FirstWeight">Its weight.</param>
/// <param name="Second">The second term; itself a sum where there are more than two.</param>
/// <param name="SecondWeight">Its weight.</param>
public sealed record WeightedLabelLoss(LabelLoss First, double FirstWeight, LabelLoss Second, double SecondWeight) : LabelLoss
{
    /// <inheritdoc/>
    public override string Name => $"{First.Name}+{Second.Name}";

    /// <inheritdoc/>
    public override bool NeedsReference => First.NeedsReference || Second.NeedsReference;

    /// <inheritdoc/>
    public override bool NeedsMismatched => First.NeedsMismatched || Second.NeedsMismatched;

    /// <inheritdoc/>
    public override double RewardScale => First.RewardScale;

    /// <inheritdoc/>
    public override LabelLoss ForCounts(long desirable, long undesirable) =>
        this with { First = First.ForCounts(desirable, undesirable), Second = Second.ForCounts(desirable, undesirable) };

    /// <inheritdoc/>
    public override LossState Observe(LabelLogProbs completions, LossState state)
    {
        LossState first = First.Observe(completions, state);
        return first == state ? Second.Observe(completions, state) : first;
    }

    /// <inheritdoc/>
    public override Tensor PerCompletion(LabelLogProbs completions, LossState state) =>
        First.PerCompletion(completions, state) * FirstWeight + Second.PerCompletion(completions, state) * SecondWeight;

    /// <inheritdoc/>
    public override void Measure(LabelLogProbs completions, LossMetrics metrics)
    {
        First.Measure(completions, metrics);
        Second.Measure(completions, metrics);
    }
}
