using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Divergences;

/// <summary>KL(pi || pi_ref), DPO's own: f'(e^u) = u + 1.</summary>
public sealed record ReverseKl : Divergence
{
    /// <inheritdoc/>
    public override Tensor Score(Tensor logRatios) => logRatios;
}
