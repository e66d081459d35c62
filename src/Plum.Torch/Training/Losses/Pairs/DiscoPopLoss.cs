using static TorchSharp.torch;

namespace Plum.Torch.Training.Losses.Pairs;

/// <summary>
/// DiscoPOP, the log-ratio modulated loss (Lu et al., 2024, arXiv 2406.08414, equation 5): with l = beta d and m = sigma(l / tau),
/// -(1 - m) log sigma(l) + m e^(-l).
/// </summary>
/// <param name="Beta">beta, positive.</param>
/// <param name="Tau">tau, the temperature of the modulation, positive.</param>
public sealed record DiscoPopLoss(double Beta = 0.1, double Tau = 0.05) : PairLoss
{
    /// <inheritdoc/>
    public override string Name => "discopop";

    /// <inheritdoc/>
    public override double RewardScale => Beta;

    /// <inheritdoc/>
    public override Tensor PerPair(PairLogProbs pairs, LossState state)
    {
        Tensor scaled = Margins.Of(pairs) * Beta, modulation = (scaled / Tau).sigmoid();
        return -nn.functional.logsigmoid(scaled) * (1 - modulation) + (-scaled).exp() * modulation;
    }
}
