using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Divergences;

/// <summary>Jensen-Shannon: f'(e^u) = log(2 e^u / (1 + e^u)) = log sigma(u) + log 2.</summary>
public sealed record JensenShannon : Divergence
{
    /// <inheritdoc/>
    public override Tensor Score(Tensor logRatios) => nn.functional.logsigmoid(logRatios);
}
