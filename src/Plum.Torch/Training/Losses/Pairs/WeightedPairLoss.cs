using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>
/// A weighted sum of pair losses (MPO, Wang et al., 2024, arXiv 2411.10442). RPO is sigmoid + a sft, CPO reference-free sigmoid + a sft,
/// ORPO sft + odds_ratio. Rewards in metrics are the first term's. At most one term may keep a running mean of rewards.
/// </summary>
/// <param name="First">The first term, weighted by <paramref name="FirstWeight"/>.</param>
/// <param name="FirstWeight">Its weight.</param>
/// <param name="Second">The second term; itself a sum where there are more than two.</param>
/// <param name="SecondWeight">Its weight.</param>
public sealed record WeightedPairLoss(PairLoss First, double FirstWeight, PairLoss Second, double SecondWeight) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => $"{First.Name}+{Second.Name}";

    /// <inheritdoc/>
    public override bool NeedsReference => First.NeedsReference || Second.NeedsReference;

    /// <inheritdoc/>
    public override double RewardScale => First.RewardScale;

    /// <inheritdoc/>
    public override LossState Observe(PairLogProbs pairs, LossState state)
    {
        LossState first = First.Observe(pairs, state);
        return first == state ? Second.Observe(pairs, state) : first;
    }

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state) =>
        First.PerPair(pairs, state) * FirstWeight + Second.PerPair(pairs, state) * SecondWeight;

    /// <inheritdoc/>
    public override (Tensor Chosen, Tensor Rejected) Rewards(PairLogProbs pairs) => First.Rewards(pairs);

    /// <inheritdoc/>
    public override PairLogProbs Told(PairLogProbs pairs) => First.Told(pairs);
}
