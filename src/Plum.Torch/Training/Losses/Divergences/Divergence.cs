using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Divergences;

/// <summary>
/// The divergence that keeps the policy near the reference in DPO (Wang et al., 2024, "Beyond Reverse KL", arXiv 2309.16240).
/// The log-ratio u = log(pi/pi_ref) in the loss is replaced by f'(pi/pi_ref).
/// </summary>
public abstract record Divergence
{
    private protected Divergence()
    {
    }

    /// <summary>f'(e^u) up to a constant, elementwise.</summary>
    /// <param name="logRatios">u, any shape.</param>
    public abstract Tensor Score(Tensor logRatios);

    /// <summary>e^x with x capped so that the result is finite in its dtype; beyond the cap the gradient is 0.</summary>
    private protected static Tensor CappedExp(Tensor exponents) =>
        exponents.clamp(max: exponents.dtype == ScalarType.Float64 ? 709.7827 : 88.7228).exp();
}
