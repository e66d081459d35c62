using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Labels;

/// <summary>
/// BCO (Jung et al., 2024, arXiv 2404.04656, equation 9): -log sigma(beta u - delta) where desirable and -log sigma(-(beta u - delta)) where not,
/// delta the running mean of the batches' mean rewards, this batch included. Without the paper's density-ratio weights for shifted prompts:
/// Plum's labels of one prompt come from one policy.
/// </summary>
/// <param name="Beta">beta, positive.</param>
public sealed record BcoLoss(double Beta = 0.1) : LabelLoss
{
    /// <inheritdoc/>
    public override string Name => "bco";

    /// <inheritdoc/>
    public override double RewardScale => Beta;

    /// <inheritdoc/>
    public override LossState Observe(LabelLogProbs completions, LossState state)
    {
        using IDisposable frozen = no_grad();
        using Tensor mean = (completions.LogRatios * Beta).mean().to_type(ScalarType.Float64);
        return state.Observe(mean.item<double>());
    }

    /// <inheritdoc/>
    public override Tensor PerCompletion(LabelLogProbs completions, LossState state) =>
        -nn.functional.logsigmoid((completions.LogRatios * Beta - state.MeanReward) * Signs(completions));
}
