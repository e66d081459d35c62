using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Divergences;

/// <summary>KL(pi_ref || pi): f'(e^u) = -e^(-u).</summary>
public sealed record ForwardKl : Divergence
{
    /// <inheritdoc/>
    public override Tensor Score(Tensor logRatios) => -CappedExp(-logRatios);
}
