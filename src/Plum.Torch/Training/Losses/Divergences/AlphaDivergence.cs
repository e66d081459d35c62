using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Divergences;

/// <summary>Alpha divergence with coefficient a: f'(e^u) = (1 - e^(-a u)) / a. a = 1 is the forward KL; a to 0 tends to the reverse KL.</summary>
/// <param name="Coefficient">
/// a, not 0. This is TRL's <c>alpha_divergence_coef</c> of version 0.19 (default 1.0); newer versions write alpha = 1 - a and default to 0.5.
/// </param>
public sealed record AlphaDivergence(double Coefficient = 1.0) : Divergence
{
    /// <inheritdoc/>
    public override Tensor Score(Tensor logRatios) => CappedExp(logRatios * -Coefficient) / -Coefficient;
}
