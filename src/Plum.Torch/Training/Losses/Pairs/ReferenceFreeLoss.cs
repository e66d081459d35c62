using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>
/// Any pair loss under a uniform reference: log pi in the place of log pi - log pi_ref. Around <see cref="SigmoidLoss"/> it is the preference term of
/// CPO (Xu et al., 2024, arXiv 2401.08417, equation 5). Rewards in metrics use the reference where the batch has one.
/// </summary>
/// <param name="Inner">The loss.</param>
public sealed record ReferenceFreeLoss(PairLoss Inner) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => Inner.Name + "_reference_free";

    /// <inheritdoc/>
    public override bool NeedsReference => false;

    /// <inheritdoc/>
    public override double RewardScale => Inner.RewardScale;

    /// <inheritdoc/>
    public override LossState Observe(PairLogProbs pairs, LossState state) => Inner.Observe(pairs.WithoutReference(), state);

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state) => Inner.PerPair(pairs.WithoutReference(), state);
}
